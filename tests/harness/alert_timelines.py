"""An alert on a timeline, as the real promtool evaluates it: just below its threshold, beyond it, and below again."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from components.composition.rooms import offered
from tests.harness.declare import stack_settings
from toolchain import toolbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

GRAFANA = "http://grafana"
BEFORE, BEYOND, AFTERWARDS = 20, 15, 30
"""Minutes just below the threshold, beyond it after the alert has come to fire, and below again."""


@dataclass(frozen=True)
class Counter:
    """A counter that grows by so much each minute."""

    grows: float


@dataclass(frozen=True)
class Age:
    """A timestamp that is always so many seconds old."""

    seconds: float


Sample = float | Counter | Age | None
"""A series' value at every minute; None is no sample at all."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """What makes an alert fire, and what only just does not.

    Attributes:
        bad: series with their values beyond the threshold.
        near: the same series just below it.
        labels: of the alert beside those of its rule.
        delay: minutes until the expression notices.
        resolves: minutes until it notices the end.
    """

    bad: Mapping[str, Sample]
    near: Mapping[str, Sample]
    labels: Mapping[str, str] = field(default_factory=dict)
    delay: int = 0
    resolves: int = 0


@cache
def rules(stack: str = "prod") -> dict[str, dict[str, Any]]:
    """Every alert that is meant for people, by its name, as Prometheus gets it."""
    found = [rule for one in offered(stack_settings(stack)) for group in one.groups(GRAFANA) for rule in group["rules"]]
    told = {rule["alert"]: rule for rule in found if rule["labels"]["severity"] != "none"}
    assert len({rule["alert"] for rule in found}) == len(found), "two alerts have one name"
    return told


def played(folder: Path, name: str, case: Case, *, gap: bool) -> str:
    """Play a case; return what promtool complains of, nothing if all is as it should be.

    Args:
        folder: for promtool's files.
        name: of the alert.
        case: what happens.
        gap: whether a scrape fails while the alert is pending, and another while it fires.
    """
    rule = rules()[name]
    wait = _minutes(rule.get("for", "0m"))
    fires = BEFORE + case.delay + wait
    ends = fires + BEYOND
    gaps = {BEFORE + case.delay + wait // 2 + 1, fires + 2} if gap else set()
    moments = {
        BEFORE - 1: False,
        **({fires - 1: False} if wait or case.delay else {}),
        fires: True,
        fires + 2: True,
        ends - 1: True,
        ends + case.resolves: False,
        ends + AFTERWARDS - 1: False,
    }
    test = {
        "interval": "1m",
        "input_series": [
            {"series": series, "values": " ".join(_values(bad, case.near[series], ends, gaps))}
            for series, bad in case.bad.items()
        ],
        "alert_rule_test": [
            {"eval_time": f"{minute}m", "alertname": name, "exp_alerts": [_expected(rule, case)] if firing else []}
            for minute, firing in moments.items()
        ],
    }
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "played", "rules": [rule]}]}))
    content = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]}
    (folder / "test.yaml").write_text(yaml.safe_dump(content))
    answer = promtool(folder, "test", "rules", "test.yaml")
    return "" if answer.returncode == 0 else answer.stdout + answer.stderr


def promtool(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the real promtool in a folder."""
    command = [str(toolbox.require("promtool")), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=folder)


def _minutes(text: str) -> int:
    return int(text[:-1]) * {"m": 1, "h": 60, "d": 1440}[text[-1]]


def _values(bad: Sample, near: Sample, ends: int, gaps: set[int]) -> Iterator[str]:
    total = 0.0
    for minute in range(ends + AFTERWARDS):
        now = bad if BEFORE <= minute < ends else near
        if isinstance(now, Counter):
            total += now.grows
        if now is None:
            yield "_"
        elif minute in gaps:
            yield "stale"
        elif isinstance(now, Age):
            yield str(60 * minute - now.seconds)
        else:
            yield str(float(total if isinstance(now, Counter) else now))


def _expected(rule: dict[str, Any], case: Case) -> dict[str, Any]:
    def filled(text: str) -> str:
        return re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda word: case.labels[word[1]], text)

    return {
        "exp_labels": {**rule["labels"], **case.labels},
        "exp_annotations": {key: filled(text) for key, text in rule["annotations"].items()},
    }
