"""The live run: telemetry goes in at one end, and is found, masked and acted upon at the others."""

from __future__ import annotations

import json
import secrets
import time

import pytest

from tests.live import otlp
from tests.live.lines import GOLDEN
from tests.live.otlp import DELTA, ERROR, Record, Span, mapping
from tests.live.programs import until
from tests.live.whole import OUTAGE_SECONDS, Whole

pytestmark = [pytest.mark.engine, pytest.mark.programs]

PATIENCE = 90
"""Seconds. Production waits 10 s for a trace's spans, and asks and judges every 30 s."""


@pytest.fixture(scope="module")
def whole(local_cluster, tmp_path_factory):
    with Whole(tmp_path_factory.mktemp("live"), local_cluster) as running:
        yield running


def test_a_metric_that_an_application_sends_is_found_in_both_replicas_under_its_service(whole):
    otlp.send(whole.otlp, otlp.gauge("orders_waiting", 7, {"shop": "one"}))
    for replica in whole.replicas:
        found = until(lambda at=replica: at.query('orders_waiting{service_name="shop"}'), "the metric", PATIENCE)
        (series,) = found
        assert series["value"][1] == "7"
        assert series["metric"]["deployment_environment_name"] == "prod"


def test_what_one_application_measures_wrongly_costs_nobody_elses_metrics(whole):
    added = {"aggregationTemporality": DELTA, "isMonotonic": True}
    otlp.send(
        whole.otlp,
        otlp.metrics(
            {"name": "orders_added", "sum": {**added, "dataPoints": [otlp.point(5, {})]}},
            {"name": "without_points", "gauge": {"dataPoints": []}},
            {"name": "without_a_type"},
            {"name": "innocent", "gauge": {"dataPoints": [otlp.point(1, {})]}},
        ),
    )
    for replica in whole.replicas:
        until(lambda at=replica: at.query("innocent"), "the metric that came with others", PATIENCE)
        (counted,) = until(lambda at=replica: at.query("orders_added_total"), "what was added", PATIENCE)
        assert counted["value"][1] == "5"


def test_the_stacks_own_parts_are_watched(whole):
    replica = whole.replicas[0]
    until(lambda: len(replica.query("up == 1")) == 3, "metrics of agent, gateway and Alertmanager", PATIENCE)
    until(lambda: replica.query("sum(otelcol_receiver_accepted_metric_points) > 0"), "what was taken", PATIENCE)


def test_a_log_is_found_with_its_trace_and_leads_to_the_same_trace_without_what_is_secret(whole):
    trace = secrets.token_hex(16)
    line = {"message": "refused bob@example.com", "level": "error", "trace_id": trace, "usage": {"input_tokens": 1523}}
    lines = [Record(body=json.dumps(line)), *(Record(body=one) for one in GOLDEN)]
    otlp.send(whole.otlp, otlp.logs(*lines))
    given = {"gen_ai.usage.input_tokens": 1523, "password": "hunter2", "note": "card 4111 1111 1111 1111"}
    span = Span(name="POST /pay", status=ERROR, message="bob@example.com", attributes=given, trace_id=trace)
    otlp.send(whole.otlp, otlp.traces(span))

    def kept():
        held = [(given, record) for given, record in whole.loki.logs() if given["service.name"] == "shop"]
        return held if len(held) >= len(lines) else None

    held = until(kept, "all lines", PATIENCE)
    assert sorted(record["body"]["stringValue"] for _, record in held) == sorted(["refused ****", *GOLDEN.values()])
    # Loki's id of a trace is the record's own field.
    ((given, record),) = [(given, record) for given, record in held if record.get("traceId") == trace]
    assert record["body"]["stringValue"] == "refused ****"
    assert mapping(record["attributes"])["usage.input_tokens"] == 1523
    assert given["deployment.environment.name"] == "prod"
    # Where Loki takes OTLP.
    assert set(whole.loki.paths) == {"/otlp/v1/logs"}
    for secret in ("bob@example.com", "hunter2", "4111 1111", "4111111111111111", "alice.ohara", "MIIEpAIB"):
        assert secret not in whole.loki.text()
    for backend in (whole.tempo, whole.vendor):
        until(lambda at=backend: trace in at.text(), "the trace", PATIENCE)
        (arrived,) = [one for one in backend.spans() if one["traceId"] == trace]
        assert mapping(arrived["attributes"])["gen_ai.usage.input_tokens"] == 1523
        for secret in ("bob@example.com", "hunter2", "4111"):
            assert secret not in backend.text()


def test_an_alert_reaches_the_pager_and_the_channel_of_its_team_once(whole):
    otlp.send(whole.otlp, otlp.gauge("orders_open", 500, {}))
    vendors = whole.alerting.vendors

    def pages():
        return [told.body for told in vendors.at("/pagerduty") if "OrdersStuck" in told.body["payload"]["summary"]]

    page = until(pages, "the page", PATIENCE)[0]
    assert page["payload"]["summary"] == "[FIRING:1] OrdersStuck in shop (prod)"
    messages = until(lambda: vendors.at("/slack"), "the message", PATIENCE)
    assert {told.body["channel"] for told in messages if "OrdersStuck" in json.dumps(told.body)} == {"#prod-search"}
    until(lambda: vendors.at("/heartbeat"), "the call of the dead man's switch", PATIENCE)
    # Both replicas have fired by now, and nobody was told twice.
    until(lambda: all(one.query('ALERTS{alertname="OrdersStuck"}') for one in whole.replicas), "both alerts", PATIENCE)
    assert len({page["dedup_key"] for page in pages()}) == 1


def test_while_the_vendor_is_away_nothing_waits_for_it_and_nothing_is_lost(whole):
    whole.vendor.stop()
    sent = []
    end = time.monotonic() + OUTAGE_SECONDS
    while time.monotonic() < end:
        spans = [Span(name="during the outage", status=ERROR) for _ in range(20)]
        otlp.send(whole.otlp, otlp.traces(*spans))
        sent += [span.trace_id for span in spans]
        time.sleep(0.2)  # the pace of the traffic

    def at(backend):
        return {span["traceId"] for span in backend.spans()}

    until(lambda: at(whole.tempo) >= set(sent), "every trace at the first backend", PATIENCE)
    assert not at(whole.vendor) & set(sent)
    assert whole.queue("otlp_http/vendor") > 0
    assert whole.queue("otlp_http/tempo") == 0
    whole.vendor.start()
    until(lambda: at(whole.vendor) >= set(sent), "every trace at the vendor", PATIENCE)
    until(lambda: whole.queue("otlp_http/vendor") == 0, "an empty queue", PATIENCE)
    arrived = [span["traceId"] for span in whole.vendor.spans() if span["traceId"] in set(sent)]
    assert len(arrived) == len(sent)
    print(f"the vendor was away for {OUTAGE_SECONDS} s: {len(sent)} traces, all of them at both")  # noqa: T201 - a figure
