"""Objectives: what is recorded is the share that was bad, and the budget is that of the stack file."""

from __future__ import annotations

import json

import pytest

from components.composition.rooms import offered
from components.settings.objectives import budget
from components.settings.stores import stores
from components.signals.objectives import FAST, SLOW, WINDOWS
from tests.harness.alert_timelines import promtool
from tests.harness.cluster import need_programs
from tests.harness.declare import stack_settings
from tests.observability.objective_cases import SLOS

STACK = stack_settings("prod")
MINUTES = 669
LAST = "ballast_snapshot_last_complete_timestamp_seconds"
RESPONSES = "qdrant_rest_responses"
LABELS = [store.label for store in stores(STACK)]


def counted(**rates):
    return {series: f"0+{rate}x{MINUTES}" for series, rate in rates.items()}


def health(green, yellow, red):
    told = {"green": green, "yellow": yellow, "red": red}
    return {
        f'elasticsearch_cluster_health_status{{color="{color}"}}': f"{is_so}x{MINUTES}" for color, is_so in told.items()
    }


def snapshots(old):
    """Every store's newest snapshot was taken a minute ago at each moment, but for one store's."""
    return {f'{LAST}{{store="{label}"}}': f"0x{MINUTES}" if label == old else f"-60+60x{MINUTES}" for label in LABELS}


FAILED, SERVED = f'{RESPONSES}_total{{status="503"}}', f'{RESPONSES}_total{{status="200"}}'
QUICK, ALL = f'{RESPONSES}_duration_seconds_bucket{{le="0.1"}}', f"{RESPONSES}_duration_seconds_count"
SENT, LOST = "otelcol_exporter_sent_spans", "otelcol_exporter_enqueue_failed_log_records"
REFUSED = "otelcol_exporter_send_failed_metric_points"
NOTIFIED, NOT_NOTIFIED = "alertmanager_notifications_total", "alertmanager_notifications_failed_total"
MEASURED = [
    ("OpenSearchAvailability", health(1, 0, 0), 0),
    ("OpenSearchAvailability", health(0, 1, 0), 0),
    ("OpenSearchAvailability", health(0, 0, 1), 1),
    ("OpenSearchAvailability", {}, 1),
    ("QdrantAnswers", counted(**{SERVED: 100}), 0),
    ("QdrantAnswers", counted(**{SERVED: 97, FAILED: 3}), 0.03),
    ("QdrantQuickness", counted(**{ALL: 100, QUICK: 100}), 0),
    ("QdrantQuickness", counted(**{ALL: 100, QUICK: 90}), 0.1),
    ("SnapshotAge", snapshots(None), 0),
    ("SnapshotAge", snapshots("opensearch"), 1),
    ("SnapshotAge", {}, 1),
    ("TelemetryDelivery", counted(**{SENT: 50}), 0),
    ("TelemetryDelivery", counted(**{SENT: 90, LOST: 6, REFUSED: 4}), 0.1),
    (
        "NotificationDelivery",
        counted(alertmanager_notifications_total=10, alertmanager_notifications_failed_total=0),
        0,
    ),
    (
        "NotificationDelivery",
        counted(alertmanager_notifications_total=10, alertmanager_notifications_failed_total=2),
        0.2,
    ),
]


def recorded(tmp_path, rules, series, expected):
    """Evaluate recording rules by promtool; return what it complains of."""
    (tmp_path / "rules.yaml").write_text(json.dumps({"groups": [{"name": "objectives", "rules": rules}]}))
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": f"round(sum({query}), {to})",
                "eval_time": f"{MINUTES}m",
                "exp_samples": [{"labels": "{}", "value": value}],
            }
            for query, value, to in expected
        ],
    }
    content = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]}
    (tmp_path / "test.yaml").write_text(json.dumps(content))
    answer = promtool(tmp_path, "test", "rules", "test.yaml")
    return "" if answer.returncode == 0 else answer.stdout + answer.stderr


@pytest.mark.programs
@pytest.mark.parametrize(("name", "series", "bad"), MEASURED)
def test_what_is_measured_is_the_share_that_is_bad(tmp_path, name, series, bad):
    need_programs("promtool")
    (slo,) = [slo for slo in SLOS if slo.name == name]
    assert recorded(tmp_path, slo.recordings(), series, [(slo.series("5m"), bad, 0.0001)]) == ""


def test_every_objective_is_measured_good_and_bad():
    for slo in SLOS:
        assert {bool(bad) for name, _, bad in MEASURED if name == slo.name} == {False, True}, slo.name


@pytest.mark.programs
def test_each_window_and_the_budget_count_by_how_much_there_was(tmp_path):
    need_programs("promtool")
    (slo,) = [slo for slo in SLOS if slo.name == "QdrantAnswers"]
    # Ten hours of a hundred answers a minute without an error, then one of four hundred of which an eighth fails.
    series = {SERVED: "0+100x599 60250+350x59 80900+0x10", FAILED: "0+0x599 50+50x59 3000+0x10"}
    # 3000 of 83900. The mean of the hours would be 1.1 %, and Prometheus' rates are some percent off at each bend.
    expected = [
        (slo.series("1h"), 0.125, 0.001),
        (slo.series(slo.window.text), 0.035, 0.005),
        (slo.burning(slo.window.text), 35, 5),
    ]
    assert budget(slo.objective) == 0.001
    assert recorded(tmp_path, slo.recordings(), series, expected) == ""


def test_windows_and_factors_are_those_of_the_workbook():
    pairs = [(burn.factor, burn.long, burn.short) for burn in (*FAST, *SLOW)]
    assert pairs == [(14.4, "1h", "5m"), (6, "6h", "30m"), (3, "1d", "2h"), (1, "3d", "6h")]
    assert {window for _, *windows in pairs for window in windows} == set(WINDOWS)


def test_every_objective_of_the_stack_file_has_its_rules_and_none_is_there_without_the_section():
    assert len({slo.name for slo in SLOS}) == len(SLOS) == STACK.model_dump_json().count('%"')
    bare = STACK.model_copy(update={"objectives": None})
    assert [slo for one in offered(bare) for slo in one.slos] == []
