"""Every alert reaches whom it should: amtool's answer for severity, team and environment."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import HealthCheck, given, settings

from components.observability.alertmanager import receivers
from tests.harness.alerting import Routing, alertmanager_settings, alerts, generated
from tests.harness.cluster import need_programs
from tests.harness.declare import STACKS, stack_settings

pytestmark = pytest.mark.programs

MISSING = None
SEVERITIES = ("critical", "warning", "info", "urgent", MISSING)
TEAMS = ("search", "strangers", MISSING)
ENVIRONMENTS = (*STACKS, "production", MISSING)

NOBODY = ["nobody"]
# What stands in the stack files, told again by hand: (severity, team is "search") to receivers.
EXPECTED: dict[str, dict[tuple[str | None, bool], list[str]]] = {
    "dev": {(severity, known): NOBODY for severity in SEVERITIES for known in (True, False)},
    "staging": {
        **{(severity, True): ["slack-search"] for severity in SEVERITIES},
        **{(severity, False): ["slack"] for severity in SEVERITIES},
    },
    "prod": {
        ("critical", True): ["pagerduty", "slack-search"],
        ("critical", False): ["pagerduty", "slack"],
        ("warning", True): ["slack-search"],
        ("warning", False): ["slack"],
        ("info", True): ["email-search"],
        ("info", False): ["email"],
        ("urgent", True): ["slack-search"],
        ("urgent", False): ["slack"],
        (MISSING, True): ["slack-search"],
        (MISSING, False): ["slack"],
    },
}
ANOTHERS = {"dev": NOBODY, "staging": ["slack"], "prod": ["slack"]}


def everything():
    """Labels of an alert of every severity, team and environment."""
    for severity, team, environment in itertools.product(SEVERITIES, TEAMS, ENVIRONMENTS):
        labels = {"alertname": "QueueGrows", "severity": severity, "team": team, "environment": environment}
        yield {key: value for key, value in labels.items() if value is not MISSING}


@pytest.fixture(autouse=True)
def _amtool():
    need_programs("amtool")


@pytest.fixture(scope="module")
def routing(tmp_path_factory):
    def of(name):
        stack = stack_settings(name)
        return Routing(tmp_path_factory.mktemp(name), stack.alertmanager, name)

    return of


MAIL = {"to": "all@example.com", "sender": "alerts@example.com", "smarthost": "relay.example.com:25"}


@pytest.mark.parametrize(
    ("given", "critical", "warning", "info"),
    [
        ({"webhook": {"port": 443}}, ["webhook"], ["webhook"], ["webhook"]),
        ({"webhook": {"port": 443}, "email": MAIL}, ["webhook"], ["webhook"], ["email"]),
        ({"webhook": {"port": 443}, "slack": {"channel": "#a"}}, ["webhook", "slack"], ["slack"], ["slack"]),
        ({"pagerduty": {"url": "https://e.example.com"}, "email": MAIL}, ["pagerduty", "email"], ["email"], ["email"]),
    ],
)
def test_a_webhook_or_e_mail_stands_in_where_there_is_no_pagerduty_or_slack(tmp_path, given, critical, warning, info):
    stack = Routing(tmp_path, alertmanager_settings({"egressCidrs": ["10.0.0.0/24"], **given}), "prod")
    assert stack.check().returncode == 0
    for severity, told in (("critical", critical), ("warning", warning), ("info", info)):
        assert stack.told({"alertname": "QueueGrows", "severity": severity}) == told


def test_a_relay_that_asks_for_no_login_gets_none_and_needs_no_secret(tmp_path):
    relay = alertmanager_settings({"egressCidrs": ["10.0.0.0/24"], "email": MAIL})
    stack = Routing(tmp_path, relay, "prod")
    assert stack.check().returncode == 0
    assert not [key for key in stack.configuration["global"] if key.startswith("smtp_auth")]
    assert stack.configuration["global"]["smtp_require_tls"] is True
    assert receivers.given(relay) == []
    login = alertmanager_settings({"egressCidrs": ["10.0.0.0/24"], "email": {**MAIL, "username": "apikey"}})
    assert receivers.given(login) == ["email"]


@pytest.mark.parametrize("name", STACKS)
def test_every_severity_team_and_environment_reaches_its_receivers(routing, name):
    stack = routing(name)
    for labels in everything():
        severity, team = labels.get("severity"), labels.get("team")
        own = labels.get("environment", name) == name
        told = stack.told(labels)
        assert told == (EXPECTED[name][severity, team == "search"] if own else ANOTHERS[name]), labels


@pytest.mark.parametrize(
    ("name", "environment", "told"),
    [
        ("prod", "prod", ["heartbeat"]),
        ("prod", "staging", ["slack"]),
        ("staging", "staging", NOBODY),
        ("dev", "dev", NOBODY),
    ],
)
def test_the_watchdog_calls_the_service_outside_and_another_environments_never_does(routing, name, environment, told):
    assert routing(name).told({"alertname": "Watchdog", "severity": "none", "environment": environment}) == told


@pytest.mark.parametrize("name", STACKS)
def test_the_inhibitor_itself_is_told_to_nobody(routing, name):
    assert routing(name).told({"alertname": "InfoInhibitor", "severity": "none", "environment": name}) == NOBODY


def expected(known, environment, labels):
    """Who is told, said as people say it, and not as a tree."""
    slack, email, webhook = (one is not None for one in (known.slack, known.email, known.webhook))
    chat = "slack" if slack else "webhook" if webhook else "email"
    team = known.teams.get(labels.get("team", ""))

    def by(way):
        own = team is not None and {"slack": team.slack_channel, "email": team.email}.get(way)
        return f"{way}-{labels['team']}" if own else way

    if not slack and not email and not webhook:
        return NOBODY
    if labels.get("environment", environment) != environment:
        return [chat]
    match labels.get("severity"):
        case "info":
            return [by("email" if email else chat)]
        case "critical" if known.pagerduty is not None:
            return ["pagerduty", by(chat)]
        case "critical" if webhook and slack:
            return ["webhook", by(chat)]
        case _:
            return [by(chat)]


def held(known, environment, labels):
    """Windows in which it isn't sent."""
    if labels.get("environment", environment) != environment:
        return set()
    return {
        name
        for name, window in known.maintenance.items()
        if labels.get("severity") in {severity.value for severity in window.severities}
        and (not window.teams or labels.get("team") in window.teams)
    }


def walk(route, labels):
    """The routes that take an alert, read from the tree as Alertmanager's documentation describes it."""
    if not all(matches(matcher, labels) for matcher in route.get("matchers", [])):
        return []
    found = []
    for child in route.get("routes", []):
        taken = walk(child, labels)
        found += taken
        if taken and not child.get("continue"):
            break
    return found or [route]


def matches(matcher, labels):
    read = re.fullmatch(r'(\w+)(=~|!~|!=|=)"(.*)"', matcher)
    assert read, matcher
    label, operator, value = read.groups()
    equal = re.fullmatch(value, labels.get(label, "")) if "~" in operator else value == labels.get(label, "")
    return not equal if operator.startswith("!") else bool(equal)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=generated(), labels=alerts())
def test_whatever_the_stack_file_says_an_alert_reaches_whom_it_should_and_windows_hold_back_what_they_name(
    tmp_path, made, labels
):
    known, environment = made
    routing = Routing(tmp_path, known, environment)
    told = routing.told(labels)
    assert told == expected(known, environment, labels)
    taken = walk(routing.configuration["route"], labels)
    assert [route["receiver"] for route in taken] == told, "what is read below are the very routes that amtool took"
    for every in everything():
        taken = walk(routing.configuration["route"], every)
        assert [route["receiver"] for route in taken] == expected(known, environment, every), every
        assert set(taken[-1].get("mute_time_intervals", [])) == held(known, environment, every), every
        assert not [route for route in taken[:-1] if "mute_time_intervals" in route], every


@pytest.mark.parametrize("name", STACKS)
def test_every_receiver_but_nobody_is_one_that_some_route_names(routing, name):
    stack = routing(name)

    def reached(route):
        return {route["receiver"]}.union(*(reached(child) for child in route.get("routes", [])))

    named = {receiver["name"] for receiver in stack.configuration["receivers"]}
    assert named == reached(stack.configuration["route"]) | set(NOBODY)


def test_a_team_with_neither_channel_nor_address_uses_those_of_all(tmp_path):
    known = alertmanager_settings({"slack": {"channel": "#all"}, "teams": {"ai": {}}})
    assert Routing(tmp_path, known, "dev").told({"team": "ai", "severity": "warning"}) == ["slack"]
