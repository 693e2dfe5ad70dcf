"""An alert on a timeline, as the real promtool evaluates it: just below its threshold, beyond it, and below again."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from components.composition.rooms import offered
from tests.harness.applied import declared, shown
from tests.observability.catalogue.exposition import Series, everything, merged
from toolchain import toolbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

GRAFANA = "http://grafana"
WINDOW = 10
"""Minutes for which what happened once is told of."""

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


@dataclass(frozen=True)
class Falling:
    """A figure that was `first` at the beginning and gets smaller by so much each minute."""

    first: float
    falls: float


Sample = float | Counter | Age | Falling | None
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
        silent: whether it must not fire at all, because what is `bad` is only just not bad enough.
    """

    bad: Mapping[str, Sample]
    near: Mapping[str, Sample]
    labels: Mapping[str, str] = field(default_factory=dict)
    delay: int = 0
    resolves: int = 0
    silent: bool = False


def gauge(
    series: str, bad: Sample, near: Sample, labels: Mapping[str, str] | None = None, *, resolves: int = 0
) -> Case:
    """Return a case of one figure, beside which another one of its kind never goes beyond the threshold."""
    both: dict[str, Sample] = {series: near, _beside(series): near}
    return Case(bad={**both, series: bad}, near=both, labels=labels or {}, resolves=resolves)


def every(series: str, bad: Sample, near: Sample, *, delay: int = 0) -> Case:
    """Return a case of a figure that is bad only if every instance that tells of it says so."""
    both: dict[str, Sample] = {series: bad, _beside(series): bad}
    return Case(bad=both, near={**both, series: near}, delay=delay)


def _beside(series: str) -> str:
    name, _, matched = series.partition("{")
    return f'{name}{{instance="other"{", " if matched else ""}{matched or "}"}'


def growing(series: str, labels: Mapping[str, str]) -> Case:
    """A counter that stands still must not fire, whatever it counted before; one that grows must."""
    return gauge(series, Counter(1), Counter(0), labels, resolves=WINDOW)


@cache
def rules(stack: str = "prod") -> dict[str, dict[str, Any]]:
    """Every alert that is meant for people, by its name, as Prometheus gets it."""
    found = [rule for rule in _all(stack) if "alert" in rule]
    told = {rule["alert"]: rule for rule in found if rule["labels"]["severity"] != "none"}
    assert len({rule["alert"] for rule in found}) == len(found), "two alerts have one name"
    return told


@dataclass(frozen=True, kw_only=True)
class Play:
    """A case of a rule on a timeline.

    Attributes:
        rule: as Prometheus gets it.
        case: what happens.
        gap: whether a scrape fails while the alert is pending, and another while it fires.
        expected: the rule as it should be, if it is another one.
    """

    rule: dict[str, Any]
    case: Case
    gap: bool = False
    expected: dict[str, Any] | None = None

    def test(self) -> dict[str, Any]:
        """Return the timeline in promtool's words."""
        case, expected = self.case, self.expected or self.rule
        wait = _minutes(expected.get("for", "0m"))
        fires = BEFORE + case.delay + wait
        ends = fires + BEYOND
        gaps = {BEFORE + case.delay + wait // 2 + 1, fires + 2} if self.gap else set()
        moments = {
            BEFORE - 1: False,
            **({fires - 1: False} if wait or case.delay else {}),
            fires: True,
            fires + 2: True,
            ends - 1: True,
            ends + case.resolves: False,
            ends + AFTERWARDS - 1: False,
        }
        told = [] if case.silent else [_expected(expected, case)]
        return {
            "interval": "1m",
            "input_series": [
                {"series": series, "values": " ".join(_values(bad, case.near[series], ends, gaps))}
                for series, bad in case.bad.items()
            ],
            "alert_rule_test": [
                {
                    "eval_time": f"{minute}m",
                    "alertname": expected["alert"],
                    "exp_alerts": told if firing else [],
                }
                for minute, firing in moments.items()
            ],
        }


def played(folder: Path, plays: Mapping[Any, Play]) -> dict[Any, str]:
    """Play all at once; return what promtool complains of, nothing for those that are as they should be."""
    files = {f"test-{number}.yaml": name for number, name in enumerate(plays)}
    for file, name in files.items():
        rules_file = f"rules-of-{file}"
        (folder / rules_file).write_text(json.dumps({"groups": [{"name": "played", "rules": [plays[name].rule]}]}))
        content = {"rule_files": [rules_file], "evaluation_interval": "1m", "tests": [plays[name].test()]}
        (folder / file).write_text(json.dumps(content))
    answer = promtool(folder, "test", "rules", "--junit=told.xml", *files)
    suites = ET.parse(folder / "told.xml").iter("testsuite")  # noqa: S314 - promtool's own
    told = {files[suite.attrib["name"]]: "".join(suite.itertext()).strip() for suite in suites}
    assert told.keys() == plays.keys(), answer.stdout + answer.stderr
    return told


def promtool(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the real promtool in a folder."""
    command = [str(toolbox.require("promtool")), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=240, cwd=folder)


@cache
def known(stack: str = "prod") -> dict[str, Series]:
    """Everything that may be asked for: what programs tell, and what a stack's rules record of it."""
    made = [rule for rule in _all(stack) if "record" in rule]
    recorded = merged(*({rule["record"]: Series(frozenset(rule["labels"]) | _left(rule["expr"]))} for rule in made))
    firing = frozenset(label for rule in _all(stack) if "alert" in rule for label in rule["labels"])
    return merged(everything(), recorded, declared(shown(stack)), {"ALERTS": Series(firing)})


def _left(expression: str) -> frozenset[str]:
    """Labels that an expression leaves to what is recorded of it."""
    by = re.match(r"sum by \(([\w, ]+)\)", expression)
    return frozenset(by[1].split(", ")) if by else frozenset()


@cache
def labelled(stack: str) -> dict[str, dict[str, Any]]:
    """Return every alert of which there may be several, by its name and what tells it from the others."""
    found = {}
    for rule in _all(stack):
        labels = rule["labels"]
        what = [labels[label] for label in ("application", "signal", "quantile", "severity") if label in labels]
        if "alert" in rule and "application" in labels:
            found[" ".join([rule["alert"], *what])] = rule
    return found


def _all(stack: str) -> list[dict[str, Any]]:
    return [rule for one in offered(shown(stack)) for group in one.groups(GRAFANA) for rule in group["rules"]]


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
        elif isinstance(now, Falling):
            yield str(now.first - minute * now.falls)
        else:
            yield str(float(total if isinstance(now, Counter) else now))


def _expected(rule: dict[str, Any], case: Case) -> dict[str, Any]:
    def filled(text: str) -> str:
        return re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda word: case.labels[word[1]], text)

    return {
        "exp_labels": {**rule["labels"], **case.labels},
        "exp_annotations": {key: filled(text) for key, text in rule["annotations"].items()},
    }
