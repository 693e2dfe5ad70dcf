"""The real agent: what a container writes arrives once and whole, whatever becomes of its file or of a gateway."""

from __future__ import annotations

import os
import re
import time
import urllib.request
from collections import Counter

import pytest

from tests.live import otlp
from tests.live.flow import LOKI, Flow
from tests.live.names import Names
from tests.live.node_logs import SPLIT, ContainerLog
from tests.live.otlp import Record
from tests.live.programs import until

pytestmark = pytest.mark.programs

LINES = 1500
DAY = 86400


def soon_full(agent):
    """A queue that is full after a thousand lines, so that files wait, as they do after a long outage; and no pauses of
    half a minute."""
    for waiting in (*agent["exporters"].values(), agent["receivers"]["file_log"]):
        waiting["retry_on_failure"]["max_interval"] = "1s"
    for exporter in agent["exporters"].values():
        exporter["sending_queue"]["queue_size"] = exporter["sending_queue"]["batch"]["min_size"]


def young_connections(gateway):
    """A connection of a second in place of minutes."""
    grpc = gateway["receivers"]["otlp"]["protocols"]["grpc"]
    grpc["keepalive"]["server_parameters"]["max_connection_age"] = "1s"


@pytest.fixture(scope="module", autouse=True)
def scaled_out(tmp_path_factory):
    """An agent that knew one gateway before there were two. Begun first, because gRPC asks for a name every 30 s."""
    with Names("127.0.0.1") as names:
        flow = Flow(tmp_path_factory.mktemp("scaled"), configuration=young_connections)
        flow.name = f"dns://127.0.0.1:{names.port}/gateway.test:{flow.addresses.grpc}"
        process, added = flow.another_gateway("127.0.0.2")
        with flow, process:
            otlp.send(flow.otlp, otlp.logs(Record(body="line 0")))
            until(flow.backends[LOKI].records, "the first line")
            names.addresses.append("127.0.0.2")
            yield flow, added


def taken(addresses):
    """Return how many log records a gateway took, by its own metrics."""
    with urllib.request.urlopen(f"http://127.0.0.1:{addresses.metrics}/metrics", timeout=10) as answer:
        found = re.findall(r"^otelcol_receiver_accepted_log_records\S* (\S+)$", answer.read().decode(), re.MULTILINE)
    return sum(map(float, found))


@pytest.fixture(scope="module")
def flow(tmp_path_factory):
    folder = tmp_path_factory.mktemp("node")
    ContainerLog(folder / "agent" / "pods", "early").write(["written before the agent came"])
    forgotten = ContainerLog(folder / "agent" / "pods", "forgotten")
    forgotten.write(["of last month"])
    os.utime(forgotten.open, (time.time() - 8 * DAY,) * 2)
    with Flow(folder, agent=soon_full) as running:
        yield running


def arrived(flow, pod):
    """Return how often each line of a pod came."""
    found = [record for given, record in flow.backends[LOKI].logs() if given["k8s.pod.name"] == pod]
    return Counter(record["body"]["stringValue"] for record in found)


def assert_once(flow, pod, sent):
    until(lambda: arrived(flow, pod).total() >= len(sent), f"{len(sent)} lines of {pod}", 60)
    time.sleep(0.5)  # what comes twice has come by then
    came = arrived(flow, pod)
    assert came.total() == len(sent)
    assert came == Counter(sent)


def lines(name, count=LINES):
    return [f"{name} {number:05d} {'x' * 80}" for number in range(count)]


def test_what_pods_wrote_before_the_agent_came_is_read_and_what_is_older_than_a_week_is_not(flow):
    assert_once(flow, "early", ["written before the agent came"])
    assert not arrived(flow, "forgotten")


def test_a_file_that_rotates_while_the_way_out_is_shut_is_read_whole_and_once(flow):
    log, sent = ContainerLog(flow.pods, "outage"), []
    flow.gateway.stop()
    for turn in range(4):
        written = lines(f"turn {turn}")
        log.write(written)
        sent += written
        time.sleep(0.5)  # the agent looks five times a second
        if turn < 3:
            log.rotate()
    assert len(list(log.folder.glob("*.gz"))) == 2
    flow.gateway = flow.started_gateway()
    assert_once(flow, "outage", sent)


def test_a_file_that_rotates_while_the_agent_restarts_is_read_whole_and_once(flow):
    log, sent = ContainerLog(flow.pods, "restart"), lines("before", 30)
    log.write(sent)
    until(lambda: arrived(flow, "restart").total() == len(sent), "the lines before the restart")
    flow.agent.stop()
    for turn in range(3):
        written = lines(f"turn {turn}", 100)
        log.write(written)
        sent += written
        log.rotate()
    flow.agent = flow.started_agent()
    log.write(lines("after", 10))
    assert_once(flow, "restart", sent + lines("after", 10))


def test_a_traceback_and_a_long_line_arrive_whole(flow):
    traceback = (
        "order 4711 failed",
        "Traceback (most recent call last):",
        '  File "shop.py", line 7, in pay',
        "KeyError: 'card'",
        "",
        "During handling of the above exception, another exception occurred:",
        "",
        "Traceback (most recent call last):",
        '  File "shop.py", line 9, in pay',
        "shop.errors.PaymentError: no card",
    )
    # A blank is the last that fits into the runtime's piece.
    long = "x" * (SPLIT - 1) + " and more"
    log = ContainerLog(flow.pods, "whole")
    log.write([*traceback, long, "order 4712 paid"])
    assert_once(flow, "whole", ["\n".join(traceback), long, "order 4712 paid"])


def test_a_gateway_that_was_added_gets_its_share_and_every_line_arrives_once(scaled_out):
    flow, added = scaled_out
    sent = ["line 0"]

    def another():
        sent.append(f"line {len(sent)}")
        otlp.send(flow.otlp, otlp.logs(Record(body=sent[-1])))

    until(lambda: another() or taken(added) > 0, "lines at the gateway that was added", 60)
    until(lambda: len(flow.backends[LOKI].records()) >= len(sent), "all lines")
    bodies = [record["body"]["stringValue"] for record in flow.backends[LOKI].records()]
    assert sorted(bodies) == sorted(sent)
