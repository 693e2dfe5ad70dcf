"""A second opinion: what sloth makes of the same promises, and when its alerts fire over the same series."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
import yaml

from components.composition.rooms import offered
from components.signals.objectives import FAST, RATE, SLOW
from tests.harness.alert_timelines import promtool
from tests.harness.applied import applied
from tests.harness.cluster import need_programs
from toolchain import toolbox

pytestmark = pytest.mark.programs

SLOS = [slo for one in offered(applied()) for slo in one.slos if RATE in slo.total]
"""Promises over what is counted; sloth knows none over time."""

EVERY = 2
"""Minutes between two scrapes."""

DAYS = 4
AGREE = 0.005
"""Share of the time in which the two may be of another opinion: rates of five minutes bend at an edge."""

FAILS = [(24, 0.02), (2, 3), (10, 0.02), (9, 0.8), (12, 0.02), (30, 0.2), (9, 0)]
"""Hours, and how many of a hundred calls fail in them: 0.1 is as many as may."""


def of_sloth(slo):
    """Return what sloth makes of an objective: rules, each behind those that it asks."""
    need_programs("sloth")
    error, total = (query.replace(RATE, "[{{.window}}]") for query in (slo.bad, slo.total))
    alerts = {f"{kind}_alert": {"labels": {"kind": kind}} for kind in ("page", "ticket")}
    promise = {
        "name": "asked",
        "objective": float(slo.objective.removesuffix("%")),
        "sli": {"events": {"error_query": error, "total_query": total}},
        "alerting": {"name": "OfSloth", **alerts},
    }
    given = yaml.safe_dump({"version": "prometheus/v1", "service": "ballast", "slos": [promise]})
    answer = subprocess.run(
        [toolbox.require("sloth")], input=given, capture_output=True, text=True, check=False, timeout=60
    )
    assert answer.returncode == 0, answer.stderr
    # What it records of itself nobody here asks for.
    groups = [group for group in yaml.safe_load(answer.stdout)["groups"] if "-meta-" not in group["name"]]
    return [rule for group in groups for rule in group["rules"]]


@pytest.mark.parametrize("slo", SLOS, ids=lambda slo: slo.name)
def test_sloth_asks_for_the_same_windows_and_factors(slo):
    alerts = {rule["labels"]["kind"]: rule["expr"] for rule in of_sloth(slo) if "alert" in rule}
    for kind, burns in (("page", FAST), ("ticket", SLOW)):
        found = re.findall(r"ratio_rate(\w+)\{.*?\} > \(([\d.]+) \* ([\d.]+)\)", alerts[kind])
        asked = [(window, burn.factor) for burn in burns for window in (burn.short, burn.long)]
        assert [(window, float(factor)) for window, factor, _ in found] == asked
        assert {round(float(budget), 9) for *_, budget in found} == {round(1 - float(slo.objective[:-1]) / 100, 9)}


def fires(alert):
    return f'(count(ALERTS{{{alert}, alertstate="firing"}}) or vector(0))'


def test_both_fire_at_the_same_times_over_the_same_series(tmp_path):
    need_programs("promtool")
    (slo,) = [slo for slo in SLOS if slo.name == "QdrantAnswers"]
    ours = [*slo.recordings(), *(alert.rule({}, {}) for alert in slo.alerts())]
    groups = [{"name": "ours", "rules": ours}, {"name": "theirs", "rules": of_sloth(slo)}]
    (tmp_path / "rules.yaml").write_text(json.dumps({"groups": groups}))
    failed, served = (
        " ".join(f"{at:g}+{grows:g}x{60 * hours // EVERY - 1}" for at, grows, hours in _courses(share))
        for share in (lambda fails: fails, lambda fails: 100 - fails)
    )
    pairs = {
        'alertname="QdrantAnswersBurnsFast"': 'alertname="OfSloth", kind="page"',
        'alertname="QdrantAnswersBurnsSlowly"': 'alertname="OfSloth", kind="ticket"',
    }
    asked = {}
    for mine, theirs in pairs.items():
        asked[f"avg_over_time(({fires(mine)} != bool {fires(theirs)})[{DAYS}d:5m]) < bool {AGREE}"] = 1
        # Both were silent, and both have fired: agreement of what never fires would be worth nothing.
        asked[f"quantile_over_time(0.02, {fires(theirs)}[{DAYS}d:5m])"] = 0
        asked[f"max_over_time({fires(theirs)}[{DAYS}d:5m])"] = 1
    test = {
        "interval": f"{EVERY}m",
        "input_series": [
            {"series": 'qdrant_rest_responses_total{status="503"}', "values": failed},
            {"series": 'qdrant_rest_responses_total{status="200"}', "values": served},
        ],
        "promql_expr_test": [
            {"expr": expr, "eval_time": f"{DAYS}d", "exp_samples": [{"labels": "{}", "value": value}]}
            for expr, value in asked.items()
        ],
    }
    content = {"rule_files": ["rules.yaml"], "evaluation_interval": "5m", "tests": [test]}
    (tmp_path / "test.yaml").write_text(json.dumps(content))
    answer = promtool(tmp_path, "test", "rules", "test.yaml")
    assert answer.returncode == 0, answer.stdout + answer.stderr


def _courses(share):
    """Yield, for each span, what a counter begins with, how much it grows at each scrape, and for how many hours."""
    total = 0.0
    for hours, fails in FAILS:
        yield total, share(fails), hours
        total += share(fails) * 60 * hours // EVERY
