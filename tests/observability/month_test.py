"""The page of the month: a whole month of the calendar, what was kept of each promise, and how much of it is known."""

from __future__ import annotations

import json

import pytest

from components.composition.dashboards.month import UID, month
from components.settings.objectives import budget
from tests.harness.alert_timelines import promtool
from tests.harness.applied import APPLIED, applied
from tests.harness.cluster import need_programs
from tests.harness.declare import stack_settings
from tests.observability.objective_cases import SLOS

STACK = stack_settings("prod")
(PAGE,) = [json.loads(board.json()) for board in month(STACK)]
STEP = int(STACK.prometheus.scrape_interval)
HOURS, KNOWN = 24, 18
"""Of a day in place of a month, hours of which anything is known."""


def test_it_shows_the_last_whole_month_and_says_how_much_prometheus_remembers():
    assert PAGE["uid"] == UID
    assert PAGE["time"] == {"from": "now-1M/M", "to": "now-1M/M"}
    assert f"Prometheus keeps {STACK.prometheus.retention.text}" in PAGE["description"]


def test_every_promise_is_on_it_and_there_is_none_without_promises():
    for stack, slos in ((STACK, SLOS), (applied(), None)):
        (board,) = month(stack)
        titles = [panel.title for row in board.rows for panel in row.panels]
        names = {title.split(":")[0] for title in titles[:-1]}
        assert len(titles) == 3 * len(names) + 1
        assert names == {slo.name for slo in slos} if slos else len(names) > len(SLOS), APPLIED
    assert list(month(STACK.model_copy(update={"objectives": None}))) == []


@pytest.mark.programs
def test_what_it_says_is_what_was_recorded(tmp_path):
    """For six hours nothing is known; then a tenth is bad for six hours, in which there was twice as much."""
    need_programs("promtool")
    a, b = 6 * 3600 // STEP, 12 * 3600 // STEP
    series = {"bad": f"_x{a} 2x{a - 1} 0x{b - 1}", "total": f"_x{a} 20x{a - 1} 10x{b - 1}"}
    critical = 'ALERTS{alertname="Down", alertstate="firing", severity="critical"}'
    slo = SLOS[0]
    bad = 2 * 6 / (20 * 6 + 10 * 12)
    expected = {
        f"{slo.name}: kept": 1 - bad,
        f"{slo.name}: budget spent": bad / budget(slo.objective),
        f"{slo.name}: measured": KNOWN / HOURS,
        "Hours of each critical alert": 6,
    }
    asked = [
        {
            "expr": f"round(sum({panel['targets'][0]['expr']}), 0.01)".replace("$__range_s", "86400").replace(
                "$__range", "1d"
            ),
            "eval_time": "24h",
            "exp_samples": [{"labels": "{}", "value": round(expected[panel["title"]], 2)}],
        }
        for panel in PAGE["panels"]
        if panel["title"] in expected
    ]
    assert len(asked) == len(expected)
    given = [{"series": f'slo:{what}:rate5m{{slo="{slo.name}"}}', "values": values} for what, values in series.items()]
    given.append({"series": critical, "values": f"_ 1x{a - 1}"})
    test = {"interval": f"{STEP}s", "input_series": given, "promql_expr_test": asked}
    (tmp_path / "test.yaml").write_text(json.dumps({"rule_files": [], "tests": [test]}))
    answer = promtool(tmp_path, "test", "rules", "test.yaml")
    assert answer.returncode == 0, answer.stdout + answer.stderr
