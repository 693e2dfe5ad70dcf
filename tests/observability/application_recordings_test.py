"""What is recorded of applications, computed by the real PromQL engine from what they would send."""

from __future__ import annotations

import json

import pytest

from components.composition.rooms import offered
from tests.harness.alert_timelines import promtool
from tests.harness.applied import applied
from tests.harness.cluster import need_programs
from tests.observability.recording_cases import DAY, MODELS, SHOWN, UPTIME

pytestmark = pytest.mark.programs

RULES = [rule for one in offered(applied(), "applications") for group in one.groups("") for rule in group["rules"]]


def asked(tests, *, every="1m"):
    """What promtool complains of."""
    return {"rule_files": ["rules.yaml"], "evaluation_interval": every, "tests": tests}


def played(shown):
    """Only an exact figure passes, but for what rates miss at the beginning."""
    sample = [] if shown.value is None else [{"labels": "{}", "value": shown.value}]
    expression = f"round(sum(application:{shown.name}{{{shown.labels}}}), 0.0001)"
    if shown.value is not None and 0 < shown.value < 0.001:
        expression = f"round(3600 * sum(application:{shown.name}{{{shown.labels}}}), 0.0001) / 3600"
    return {
        "interval": "1m",
        "name": f"{shown.name} {shown.labels} {shown.value}",
        "input_series": [{"series": series, "values": values} for series, values in shown.series.items()],
        "promql_expr_test": [{"expr": expression, "eval_time": f"{shown.minutes}m", "exp_samples": sample}],
    }


def complaints(tmp_path, wanted, tests, *, every="1m"):
    need_programs("promtool")
    (tmp_path / "rules.yaml").write_text(json.dumps({"groups": [{"name": "applications", "rules": wanted}]}))
    (tmp_path / "test.yaml").write_text(json.dumps(asked(tests, every=every)))
    answer = promtool(tmp_path, "test", "rules", "test.yaml")
    return "" if answer.returncode == 0 else answer.stdout + answer.stderr


def recordings(*without, only=""):
    """Rules of what is recorded of applications, and prices."""
    named = [rule for rule in RULES if rule.get("record", "").startswith(("application:", "model:"))]
    return [rule for rule in named if only in rule["record"] and not rule["record"].endswith(without)]


WINDOWS = ("dollars:1h", "dollars:1d", "dollars:7d", "dollars:30d", "dollars:against_average")


def test_each_figure_is_what_was_sent(tmp_path):
    wanted = recordings(*WINDOWS, "uptime:ratio1d")
    assert complaints(tmp_path, wanted, [played(shown) for shown in SHOWN]) == ""
    recorded = {rule["record"] for rule in wanted} - {"model:price_dollars:token"}
    assert recorded == {f"application:{shown.name}" for shown in SHOWN}


def test_uptime_is_the_share_of_a_day(tmp_path):
    wanted = [*recordings(only="pods_available"), *recordings(only="uptime")]
    assert complaints(tmp_path, wanted, [played(UPTIME)], every="5m") == ""


RATE = f'application:spend_dollars:rate5m{{{MODELS}, gen_ai_request_model="%s"}}'
HOURS = 12


def test_a_day_a_month_and_the_mean_day_are_summed_from_what_is_recorded(tmp_path):
    """A week at half a dollar an hour, then a day at one; for two hours of it Prometheus was away."""
    wanted = [rule for rule in RULES if rule.get("record", "").endswith(WINDOWS)]
    assert len(wanted) == len(WINDOWS)
    hour = 1 / 3600
    # Two models share it.
    values = f"{hour / 4}x{7 * 24 * HOURS} {hour / 2}x{22 * HOURS} _x{2 * HOURS - 1}"
    told = {
        "interval": "5m",
        "input_series": [{"series": RATE % model, "values": values} for model in "ab"],
        "promql_expr_test": [
            {
                "expr": f"round(sum(application:spend_dollars:{name}{{{MODELS}}}), {to})",
                "eval_time": f"{8 * DAY}m",
                "exp_samples": [{"labels": "{}", "value": value}],
            }
            for name, value, to in (
                ("1d", 22, 0.5),
                ("7d", 6 * 12 + 22, 2),
                ("30d", 7 * 12 + 22, 2),
                ("against_average", 1.8, 0.1),
            )
        ],
    }
    assert complaints(tmp_path, wanted, [told], every="5m") == ""
