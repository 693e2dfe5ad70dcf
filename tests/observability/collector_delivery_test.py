"""The real collector with the configuration of production: which traces are kept, and what waits for whom."""

from __future__ import annotations

import copy
import socket
import time

import pytest

from components.observability.collector.process import HEALTH, METRICS, OTLP_GRPC
from components.observability.collector.queues import USABLE
from components.observability.collector.sampling import LONGEST_TRACE
from components.observability.collector.settings import MaskSettings
from tests.harness.declare import STACKS, stack_settings
from tests.live import otlp
from tests.live.collector import (
    VENDOR_TOKEN,
    Addresses,
    collector,
    gateway,
    rendered_agent,
    rendered_gateway,
    valid,
    without_unbuildable,
)
from tests.live.flow import TEMPO, VENDOR, WAIT, Flow
from tests.live.otlp import ERROR, Span
from tests.live.programs import until

pytestmark = pytest.mark.programs

PARENT = "00f067aa0ba902b7"

GOOD = (
    "KD-[0-9]{8}",
    r"KD\++[*+]+[0-9]",
    r"(?i)\bcustomer \"[^\"]+\"",
    r"(?:KD|KN)-[0-9]{1,1000}$",
    r"KD\${1}x",
    "Kunde ä",
)


def at(flow, backend):
    return {span["name"] for span in flow.backends[backend].spans()}


@pytest.mark.parametrize("name", STACKS)
def test_the_collector_accepts_what_each_stack_renders(name, tmp_path):
    stack = stack_settings(name)
    assert valid(rendered_gateway(stack), tmp_path) == ""
    assert valid(without_unbuildable(rendered_agent()), tmp_path) == ""


def test_the_collector_refuses_a_key_that_it_does_not_know_and_a_name_that_nothing_has(tmp_path):
    rendered = rendered_gateway(stack_settings("prod"))
    unknown = copy.deepcopy(rendered)
    unknown["processors"]["redaction/masks"]["blocked_keys"] = ["password"]
    assert "blocked_keys" in valid(unknown, tmp_path)
    rendered["service"]["pipelines"]["logs"]["exporters"].append("otlp_http/nobody")
    assert "otlp_http/nobody" in valid(rendered, tmp_path)


def test_the_collector_accepts_every_form_of_mask_that_a_stack_file_may_have(tmp_path):
    stack = stack_settings("prod")
    masks = MaskSettings(keys=(r"^(.*[._-])?customer[._-]?(no|number)$",), values=GOOD)
    assert valid(rendered_gateway(stack, stack.collector.model_copy(update={"masks": masks})), tmp_path) == ""


def test_the_collector_listens_at_addresses_of_both_families(tmp_path):
    rendered = rendered_gateway(stack_settings("prod"))
    addresses = Addresses()
    made = gateway(rendered, addresses, tmp_path, dict.fromkeys(rendered["exporters"], "http://127.0.0.1:9"))
    # As it is rendered, but for the ports.
    endpoint = rendered["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"]
    made["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"] = endpoint.replace(str(OTLP_GRPC), str(addresses.grpc))
    healthy = rendered["extensions"]["health_check"]["endpoint"].replace(str(HEALTH), str(addresses.health))
    made["extensions"]["health_check"]["endpoint"] = healthy
    reader = made["service"]["telemetry"]["metrics"]["readers"][0]["pull"]["exporter"]["prometheus"]
    told = rendered["service"]["telemetry"]["metrics"]["readers"][0]["pull"]["exporter"]["prometheus"]
    assert told["port"] == METRICS
    reader["host"] = told["host"]
    with collector(made, addresses, tmp_path):
        for host in ("::1", "127.0.0.1"):
            for port in (addresses.grpc, addresses.health, addresses.metrics):
                socket.create_connection((host, port), timeout=10).close()


def test_errors_and_slow_traces_are_kept_where_nothing_else_is(tmp_path):
    def nothing_else(collector):
        return collector.model_copy(update={"sampling": collector.sampling.model_copy(update={"percent": 0})})

    with Flow(tmp_path, settings=nothing_else) as flow:
        swift, slow, failed = Span(name="swift"), Span(name="slow", seconds=2.5), Span(name="failed", status=ERROR)
        # What is slow is the trace, and what fails is one of its spans.
        child = Span(name="child of the failed", trace_id=failed.trace_id)
        otlp.send(flow.otlp, otlp.traces(swift, child, slow, failed))
        kept = {"slow", "failed", "child of the failed"}
        # Each backend has a queue of its own: neither is served first.
        for backend in (VENDOR, TEMPO):
            until(lambda backend=backend: at(flow, backend) >= kept, f"two traces at {backend}")
        assert at(flow, TEMPO) == at(flow, VENDOR) == kept
        otlp.send(flow.otlp, otlp.traces(Span(name="too late", trace_id=failed.trace_id)))
        until(lambda: "too late" in at(flow, TEMPO), "a late span of a trace that is kept")


def test_a_trace_that_lasts_is_judged_by_its_root_and_one_without_a_root_by_what_came(tmp_path):
    def only_for_cause(collector):
        return collector.model_copy(update={"sampling": collector.sampling.model_copy(update={"percent": 0})})

    def given_up_sooner(gateway):
        sampling = gateway["processors"]["tail_sampling"]
        assert sampling["decision_wait"] == LONGEST_TRACE.text
        sampling["decision_wait"] = "6s"

    with Flow(tmp_path, settings=only_for_cause, configuration=given_up_sooner) as flow:
        orphan = Span(name="orphan", status=ERROR, parent=PARENT)
        parts = [Span(name=f"part of {number}", parent=PARENT) for number in range(40)]
        otlp.send(flow.otlp, otlp.traces(orphan, *parts))
        time.sleep(2 * WAIT)  # the trace goes on
        failed = [Span(name="failed", trace_id=part.trace_id, status=ERROR) for part in parts[::2]]
        slow = [Span(name="slow", trace_id=part.trace_id, seconds=3) for part in parts[1::2]]
        roots = failed + slow
        otlp.send(flow.otlp, otlp.traces(*roots))
        kept = [span.name for span in (*parts, *roots, orphan)]
        until(lambda: len(flow.backends[TEMPO].spans()) >= len(kept), "forty whole traces, and the one without a root")
        assert sorted(span["name"] for span in flow.backends[TEMPO].spans()) == sorted(kept)


def test_a_vendor_that_is_away_delays_nobody_and_gets_all_of_it_later_even_after_a_restart(tmp_path):
    with Flow(tmp_path) as flow:
        flow.backends[VENDOR].stop()
        first = {f"first {number}" for number in range(50)}
        otlp.send(flow.otlp, otlp.traces(*(Span(name=name, status=ERROR) for name in first)))
        until(lambda: at(flow, TEMPO) == first, "all spans at Tempo")
        assert flow.backends[VENDOR].spans() == []
        flow.gateway.stop()
        flow.gateway = flow.started_gateway()
        otlp.send(flow.otlp, otlp.traces(Span(name="second", status=ERROR)))
        until(lambda: "second" in at(flow, TEMPO), "a span of after the restart at Tempo")
        flow.backends[VENDOR].start()
        until(lambda: at(flow, VENDOR) == {*first, "second"}, "all spans at the vendor", seconds=60)
        assert {headers["authorization"] for headers in flow.backends[VENDOR].headers} == {VENDOR_TOKEN}


def test_what_applications_send_while_the_gateway_is_away_waits_at_the_agent(tmp_path):
    with Flow(tmp_path) as flow:
        flow.gateway.stop()
        otlp.send(flow.otlp, otlp.traces(Span(name="while away", status=ERROR)))
        flow.gateway = flow.started_gateway()
        until(lambda: "while away" in at(flow, TEMPO), "the span at Tempo", seconds=60)


def test_every_metrics_replica_is_sent_every_sample(tmp_path):
    with Flow(tmp_path) as flow:
        otlp.send(flow.otlp, otlp.gauge("orders_open", 3, {"shop": "one"}))
        replicas = [recorder for name, recorder in flow.backends.items() if "prometheus" in name]
        assert len(replicas) == flow.stack.prometheus.replicas > 1
        until(lambda: all("orders_open" in replica.text() for replica in replicas), "the sample at every replica")


@pytest.mark.parametrize("name", STACKS)
def test_all_queues_of_the_gateway_fit_its_disk(name):
    stack = stack_settings(name)
    queues = [exporter["sending_queue"]["queue_size"] for exporter in rendered_gateway(stack)["exporters"].values()]
    assert sum(queues) <= stack.collector.gateway.disk * USABLE
    assert min(queues) >= 64 * 2**20
