"""Alertmanager's configuration as amtool reads it, for real and for generated settings."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import strategies as st

from components.observability.alertmanager.routing import alertmanager_configuration
from components.observability.alertmanager.settings import AlertmanagerSettings, Severity, Weekday
from tests.harness.declare import STACKS
from toolchain import toolbox

if TYPE_CHECKING:
    from pathlib import Path

TEAMS = ("search", "ai")
"""Teams that generated settings may know."""

_EMAIL = {
    "to": "all@example.com",
    "sender": "alerts@example.com",
    "smarthost": "smtp.example.com:587",
    "username": "alerts@example.com",
}


class Routing:
    """One configuration, written to a file."""

    def __init__(self, folder: Path, settings: AlertmanagerSettings, environment: str) -> None:
        self.settings = settings
        self.environment = environment
        self.configuration = alertmanager_configuration(settings, environment)
        self.file = folder / "alertmanager.yaml"
        self.file.write_text(yaml.safe_dump(self.configuration, sort_keys=False), encoding="utf-8")

    def check(self) -> subprocess.CompletedProcess[str]:
        return amtool("check-config", str(self.file))

    def told(self, labels: dict[str, str]) -> list[str]:
        """The receivers of an alert, as amtool finds them."""
        written = [f"{key}={value}" for key, value in labels.items()]
        result = amtool("config", "routes", "test", f"--config.file={self.file}", *written)
        assert result.returncode == 0, result.stderr
        return result.stdout.strip().split(",")


def amtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(toolbox.require("amtool")), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def alertmanager_settings(given: dict[str, Any]) -> AlertmanagerSettings:
    """Settings out of what a stack file would say beside sizes."""
    sizes = {"version": "0.34.0", "replicas": 3, "cpu": "100m", "memory": "256Mi", "disk": "5Gi"}
    return AlertmanagerSettings.model_validate_json(json.dumps({**sizes, "teams": {}, "maintenance": {}, **given}))


@st.composite
def generated(draw: st.DrawFn) -> tuple[AlertmanagerSettings, str]:
    """Any settings that the rules let through: which receivers, teams and windows there are."""
    slack, email, webhook = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    given: dict[str, Any] = {"egressCidrs": ["10.0.0.0/24"]}
    if slack:
        given["slack"] = {"channel": "#all"}
    if email:
        given["email"] = _EMAIL if draw(st.booleans()) else {**_EMAIL, "username": None}
    if webhook:
        given["webhook"] = {"port": 443}
    if (slack or email or webhook) and draw(st.booleans()):
        given["pagerduty"] = {"url": "https://events.example.com/v2/enqueue"}
    if draw(st.booleans()):
        given["heartbeat"] = {"patience": draw(st.sampled_from(["6m", "15m", "1000s", "1d"]))}
    given["teams"] = {
        name: {
            **({"slackChannel": f"#{name}"} if slack and draw(st.booleans()) else {}),
            **({"email": f"{name}@example.com"} if email and draw(st.booleans()) else {}),
        }
        for name in draw(st.sets(st.sampled_from(TEAMS)))
    }
    given["maintenance"] = {
        name: {
            "weekdays": draw(st.lists(st.sampled_from([day.value for day in Weekday]), min_size=1, max_size=3)),
            "begin": "02:00",
            "end": draw(st.sampled_from(["04:30", "24:00"])),
            "timeZone": "Europe/Berlin",
            "severities": draw(st.sampled_from([["warning"], ["info"], ["warning", "info"]])),
            "teams": draw(st.lists(st.sampled_from(sorted(given["teams"])), unique=True)) if given["teams"] else [],
        }
        for name in draw(st.sets(st.sampled_from(["patches", "nights"])))
    }
    return alertmanager_settings(given), draw(st.sampled_from(STACKS))


def alerts() -> st.SearchStrategy[dict[str, str]]:
    """Labels of any alert: severity, team and environment known, unknown or missing."""
    return st.fixed_dictionaries(
        {"alertname": st.just("QueueGrows")},
        optional={
            "severity": st.sampled_from([*(severity.value for severity in Severity), "page", "none", "Critical"]),
            "team": st.sampled_from([*TEAMS, "strangers"]),
            "environment": st.sampled_from([*STACKS, "production"]),
            "namespace": st.just("search"),
        },
    )
