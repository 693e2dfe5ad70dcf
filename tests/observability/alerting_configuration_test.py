"""Alertmanager's configuration is one that the real program accepts, and holds no secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from components.observability.alertmanager.receivers import outside, secret_file
from tests.harness.alerting import Routing, alertmanager_settings, generated
from tests.harness.cluster import need_programs
from tests.harness.declare import STACKS, stack_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.programs


@pytest.fixture(autouse=True)
def _amtool():
    need_programs("amtool")


def real(folder, name):
    stack = stack_settings(name)
    return Routing(folder, stack.alertmanager, name)


@pytest.mark.parametrize("name", STACKS)
def test_amtool_accepts_what_each_stack_file_makes(tmp_path, name):
    checked = real(tmp_path, name).check()
    assert checked.returncode == 0, checked.stderr
    # A matcher that the old and the new parser read in two ways is complained of before that word.
    assert checked.stdout.startswith(f"Checking '{tmp_path}/alertmanager.yaml'  SUCCESS"), checked.stdout


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=generated())
def test_amtool_accepts_whatever_settings_make(tmp_path, made):
    routing = Routing(tmp_path, *made)
    checked = routing.check()
    assert checked.returncode == 0, f"{checked.stderr}\n{routing.file.read_text()}"


def broken(path, value):
    """A change at one place of the configuration."""

    def change(configuration):
        place = configuration
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        broken(["route", "routes", 0, "receiver"], "somebody"),
        broken(["route", "routes", 5, "mute_time_intervals"], ["nights"]),
        broken(["route", "routes", 0, "repeat_interval"], "5 minutes"),
        broken(["global", "slack_api_url_file"], "/a/second/way"),
        broken(["inhibit_rules", 0, "source_matchers"], ["severity critical"]),
        broken(["time_intervals", 0, "time_intervals", 0, "location"], "Europe/Atlantis"),
        broken(["receivers", 1, "pagerduty_configs", 0, "routing_key_files"], "/etc/a/typing/mistake"),
    ],
)
def test_amtool_refuses_a_configuration_that_is_broken_at_one_place(tmp_path, change):
    routing = real(tmp_path, "prod")
    change(routing.configuration)
    routing.file.write_text(yaml.safe_dump(routing.configuration))
    assert routing.check().returncode != 0


def leaves(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], object]]:
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def test_every_secret_is_a_file_and_none_has_a_place_in_the_text(tmp_path):
    places = dict(leaves(real(tmp_path, "prod").configuration))
    files = {value for path, value in places.items() if str(path[-1]).endswith("_file")}
    assert files == {secret_file(section) for section in ("pagerduty", "slack", "email", "heartbeat")}
    inline = {"routing_key", "service_key", "slack_app_token", "slack_api_url", "smtp_auth_password", "credentials"}
    assert not {path for path in places if path[-1] in inline or "http_config" in path}
    # The heartbeat's whole address is its secret.
    assert not [path for path in places if "webhook_configs" in path and path[-1] == "url"]


@pytest.mark.parametrize("name", STACKS)
def test_the_operators_reloader_finds_nothing_to_replace_with_its_environment(tmp_path, name):
    assert not re.search(r"\$\([A-Za-z0-9_]+\)", real(tmp_path, name).file.read_text())


def test_the_same_alert_of_two_replicas_of_a_store_is_one_message(tmp_path):
    route = real(tmp_path, "prod").configuration["route"]
    assert route["group_by"] == ["environment", "cluster", "namespace", "alertname"]
    assert not [path for path, _ in leaves(route["routes"]) if path[-1] == "group_by"]


def test_pages_are_told_again_before_tickets_and_tickets_before_what_is_only_known(tmp_path):
    routes = real(tmp_path, "prod").configuration["route"]["routes"]
    again = {(r["matchers"][0], r["receiver"]): r["repeat_interval"] for r in routes if "repeat_interval" in r}
    assert again == {
        ('alertname="Watchdog"', "heartbeat"): "5m",
        ('severity="critical"', "pagerduty"): "4h",
        ('severity="critical"', "slack"): "4h",
        ('severity="warning"', "slack"): "12h",
        ('severity="info"', "email"): "24h",
    }


def test_a_stack_without_receivers_says_so_by_the_name_of_its_only_one(tmp_path):
    configuration = real(tmp_path, "dev").configuration
    assert configuration["receivers"] == [{"name": "nobody"}]
    assert configuration["route"]["receiver"] == "nobody"


@pytest.mark.parametrize(
    ("name", "ports"),
    [
        ("dev", None),
        ("staging", {"slack": 443}),
        ("prod", {"pagerduty": 443, "slack": 443, "email": 587, "heartbeat": 443}),
    ],
)
def test_the_way_out_has_a_port_for_every_receiver_and_no_other(name, ports):
    way = outside(stack_settings(name).alertmanager)
    assert (None if way is None else way.ports) == ports


def test_a_port_of_a_receivers_own_is_opened(tmp_path):
    known = alertmanager_settings(
        {
            "pagerduty": {"url": "https://pages.example.com:8443/v2/enqueue"},
            "slack": {"channel": "#all"},
            "egressCidrs": ["10.0.0.0/24"],
        }
    )
    way = outside(known)
    assert way is not None
    assert (way.cidrs, way.ports["pagerduty"]) == (("10.0.0.0/24",), 8443)
    shared = Routing(tmp_path, known, "prod").configuration["global"]
    assert shared["pagerduty_url"] == "https://pages.example.com:8443/v2/enqueue"
