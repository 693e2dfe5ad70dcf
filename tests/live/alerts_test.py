"""Five alerts fire for real and end: a store down, an old snapshot, a full queue, a budget that burns, money spent."""

from __future__ import annotations

import time

import pytest

from tests.live.alerting import Alerting, Counted
from tests.live.programs import until

pytestmark = [pytest.mark.engine, pytest.mark.programs]

PATIENCE = 120
"""Seconds. What is spent is added up once a minute."""

PAGER, CHANNEL = "/pagerduty", "/slack"
CHROMA = 'kube_statefulset_status_replicas_ready{namespace="databases", statefulset="chroma"}'
SNAPSHOT = 'ballast_snapshot_last_complete_timestamp_seconds{store="opensearch"}'
QUEUE = 'otelcol_exporter_queue_%s{pod="collector-gateway-0", exporter="otlp_http/vendor"}'


@pytest.fixture(scope="module")
def alerting(tmp_path_factory):
    with Alerting(tmp_path_factory.mktemp("alerting")) as running:
        yield running


def tell(alerting, alert, receiver, *, over=False):
    """Wait until a receiver has heard of an alert, or that it is over."""
    words = {
        (PAGER, False): "trigger",
        (PAGER, True): "resolve",
        (CHANNEL, False): "FIRING",
        (CHANNEL, True): "RESOLVED",
    }
    what = f"{alert} at {receiver}{', over' if over else ''}"
    return until(lambda: alerting.says(receiver, words[receiver, over], alert), what, PATIENCE)


@pytest.mark.parametrize(
    ("alert", "receiver", "bad", "good"),
    [
        ("ChromaDown", PAGER, lambda: {CHROMA: 0}, lambda: {CHROMA: 1}),
        ("SnapshotTooOld", PAGER, lambda: {SNAPSHOT: time.time() - 7200}, lambda: {SNAPSHOT: time.time()}),
        (
            "CollectorQueueFills",
            CHANNEL,
            lambda: {QUEUE % "size": 990, QUEUE % "capacity": 1000},
            lambda: {QUEUE % "size": 1},
        ),
    ],
)
def test_what_an_exporter_tells_is_told_to_people_and_that_it_is_over(alerting, alert, receiver, bad, good):
    alerting.page.values |= bad()
    tell(alerting, alert, receiver)
    alerting.page.values |= good()
    tell(alerting, alert, receiver, over=True)


def test_a_budget_that_burns_wakes_somebody_until_it_does_no_more(alerting):
    queries = Counted("knowledge", "kb.query.duration", "s")
    alert = "ApplicationAvailabilityBurnsFast"

    def go_on(failed, done):
        queries.add(failed, failed * 0.01, {"status": "error"})
        queries.add(done, done * 0.01, {"status": "done"})
        alerting.send(queries)
        return time.sleep(1)

    end = time.monotonic() + PATIENCE
    while not alerting.says(PAGER, "trigger", alert):
        assert time.monotonic() < end, alerting.replica.query('slo:sli_error:ratio_rate5m{slo=~"knowledge.+"}')
        go_on(50, 50)
    (burns,) = alerting.replica.query('slo:sli_error:ratio_rate5m{slo="knowledge-queries-availability"}')
    assert float(burns["value"][1]) > 14.4 * 0.001
    while not alerting.says(PAGER, "resolve", alert):
        assert time.monotonic() < end + PATIENCE
        go_on(0, 1_000_000)


def test_what_language_models_cost_is_told_until_whoever_pays_allows_more(alerting):
    tokens = Counted("orchestrator", "gen_ai.client.token.usage", "{token}")
    given = {"gen_ai.request.model": "claude-opus-4-7", "gen_ai.token.type": "output"}
    end = time.monotonic() + 2 * PATIENCE
    while not alerting.says(CHANNEL, "FIRING", "ModelSpendDay"):
        assert time.monotonic() < end, alerting.replica.query("application:spend_dollars:rate5m")
        # 2,500 dollars each second: one minute of it is beyond the limit of a day, however short it was when it began.
        tokens.add(100, 100_000_000, given)
        alerting.send(tokens)
        time.sleep(1)
    ((day,),) = [alerting.replica.query('application:spend_dollars:1d{application="orchestrator"}')]
    assert float(day["value"][1]) > 500
    # What was spent stays spent for a day: the limit is raised, as the runbook says.
    alerting.allow("$900000000")
    tell(alerting, "ModelSpendDay", CHANNEL, over=True)
