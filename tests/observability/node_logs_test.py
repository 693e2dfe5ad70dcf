"""The real agent over a node's files: what a container writes arrives once and whole, whatever becomes of its file."""

from __future__ import annotations

import os
import time
from collections import Counter

import pytest

from tests.live.flow import LOKI, Flow
from tests.live.node_logs import ContainerLog
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
