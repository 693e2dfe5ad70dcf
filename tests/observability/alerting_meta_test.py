"""The rules that alerting itself needs, as the real promtool evaluates them."""

from __future__ import annotations

import subprocess

import pytest
import yaml

from components.observability.alertmanager.routing import WAITS
from components.observability.alertmanager.settings import Severity
from components.observability.alertmanager.signals import signals
from components.settings.quantities import Duration
from tests.harness.cluster import need_programs
from tests.harness.declare import STACKS, stack_settings
from toolchain import toolbox

pytestmark = pytest.mark.programs

GROUPS = signals(stack_settings("prod")).groups()
SUMMARY = {rule["alert"]: rule["annotations"] for rule in GROUPS[0]["rules"]}


def promtool(folder, *arguments, groups=None):
    need_programs("promtool")
    file = folder / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": groups or GROUPS}))
    command = [str(toolbox.require("promtool")), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=folder)


def fires(name, namespace, severity, **labels):
    """A series of Prometheus' own about an alert that begins to fire after two minutes."""
    known = {"alertname": name, "namespace": namespace, "severity": severity, "alertstate": "firing", **labels}
    written = ", ".join(f'{key}="{value}"' for key, value in known.items())
    return {"series": f"ALERTS{{{written}}}", "values": "_ _ 1x10"}


def judged(folder, series, expected, *, minute=5, groups=None):
    """Run promtool on an expectation: the namespaces in which the inhibitor fires."""
    test = {
        "interval": "1m",
        "input_series": series,
        "alert_rule_test": [
            {
                "eval_time": f"{minute}m",
                "alertname": "InfoInhibitor",
                "exp_alerts": [
                    {"exp_labels": {"severity": "none", "namespace": name}, "exp_annotations": SUMMARY["InfoInhibitor"]}
                    for name in expected
                ],
            },
            {
                "eval_time": f"{minute}m",
                "alertname": "Watchdog",
                "exp_alerts": [{"exp_labels": {"severity": "none"}, "exp_annotations": SUMMARY["Watchdog"]}],
            },
        ],
    }
    (folder / "test.yaml").write_text(
        yaml.safe_dump({"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]})
    )
    return promtool(folder, "test", "rules", "test.yaml", groups=groups)


COMPANION = fires("Throttled", "ai", "info", companion="true")
CASES = {
    "a companion alone": ([COMPANION], ["ai"]),
    "two companions are one matter": ([COMPANION, fires("Restarts", "ai", "info", companion="true")], ["ai"]),
    "beside a warning of its namespace": ([COMPANION, fires("Slow", "ai", "warning")], []),
    "beside what is critical in its namespace": ([COMPANION, fires("Down", "ai", "critical")], []),
    "beside a warning of another namespace": ([COMPANION, fires("Slow", "search", "warning")], ["ai"]),
    "beside info": ([COMPANION, fires("Renewed", "ai", "info")], ["ai"]),
    "info that is no companion": ([fires("Renewed", "ai", "info")], []),
    "a warning that calls itself a companion": ([fires("Slow", "ai", "warning", companion="true")], []),
    "nothing": ([], []),
}


@pytest.mark.parametrize(("series", "expected"), CASES.values(), ids=CASES)
def test_small_talk_is_held_back_where_nothing_else_fires_and_the_watchdog_always_fires(tmp_path, series, expected):
    result = judged(tmp_path, series, expected)
    assert result.returncode == 0, result.stdout + result.stderr


def test_nothing_is_held_back_before_a_companion_fires_or_after_its_end(tmp_path):
    for minute in (1, 20):
        result = judged(tmp_path, [COMPANION], [], minute=minute)
        assert result.returncode == 0, result.stdout + result.stderr


def test_promtool_finds_nothing_to_complain_of(tmp_path):
    result = promtool(tmp_path, "check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", STACKS)
def test_the_inhibitor_has_come_before_a_companion_is_sent(name):
    # It sees the companion an evaluation later, and Prometheus sends it at once.
    interval = stack_settings(name).prometheus.scrape_interval
    assert Duration.parse(WAITS[Severity.INFO]) >= 2 * interval
