"""The cases of alerts notice when an alert is changed: threshold, comparison, aggregation, label or waiting."""

from __future__ import annotations

import sys

import pytest

from tests.harness.alert_timelines import played, rules
from tests.harness.cluster import need_programs
from tests.harness.mutants import mutants, sampled
from tests.observability.alert_cases import CASES

SEED, COUNT = 17, 60
SURVIVORS = 0.02
"""Share of mutants that may live: some change nothing, such as a maximum of what is told once."""


@pytest.mark.programs
def test_a_changed_alert_is_noticed(tmp_path):
    need_programs("promtool")
    complaints = played(tmp_path, sampled(rules(), CASES, seed=SEED, count=COUNT))
    noticed: dict[tuple[str, str], bool] = {}
    for (alert, what, _), said in complaints.items():
        noticed[alert, what] = noticed.get((alert, what), False) or bool(said)
    survive = [mutant for mutant, is_noticed in noticed.items() if not is_noticed]
    sys.stdout.write(f"{len(survive)} of {len(noticed)} mutants survive: {survive}\n")
    assert len(noticed) > 0.9 * COUNT
    assert len(survive) < SURVIVORS * len(noticed), survive


def test_each_kind_of_change_is_made():
    rule = {
        "alert": "Made",
        "expr": "max by (pod) (last_over_time(filled[5m])) > 0.5",
        "for": "10m",
        "labels": {"severity": "warning", "team": "platform"},
    }
    found = dict(mutants(rule))
    assert {one["expr"] for one in found.values()} == {
        rule["expr"],
        "max by (pod) (last_over_time(filled[5m])) > 0.75",
        "max by (pod) (last_over_time(filled[5m])) > 0.25",
        "max by (pod) (last_over_time(filled[5m])) < 0.5",
        "min by (pod) (last_over_time(filled[5m])) > 0.5",
        "max (last_over_time(filled[5m])) > 0.5",
    }
    assert {one["labels"]["severity"] for one in found.values()} == {"warning", "critical"}
    assert {one["labels"]["team"] for one in found.values()} == {"platform", "nobody"}
    assert {one["for"] for one in found.values()} == {"10m", "0m", "5h"}
    assert all(one != rule for one in found.values())
