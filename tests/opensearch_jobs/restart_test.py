"""The gated restart, as the shipped program, of three real nodes in processes of their own."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.harness.opensearch_pods import NAMESPACE, Stage
from tests.harness.writer import Writer, identities

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

pytestmark = pytest.mark.opensearch

SETS = {"opensearch-data-a": 2, "opensearch-data-b": 1}
ENABLE = "cluster.routing.allocation.enable"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    roles = dict.fromkeys(SETS, ("cluster_manager", "data", "ingest"))
    with Stage(tmp_path_factory.mktemp("restart"), SETS, roles) as stage:
        yield stage


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    yield shared
    shared.store.settle()
    for index in shared.ask("GET", "/_cat/indices?format=json"):
        shared.ask("DELETE", f"/{index['index']}")
    settings = shared.ask("GET", "/_cluster/settings?flat_settings=true")["persistent"]
    shared.ask("PUT", "/_cluster/settings", {"persistent": dict.fromkeys([*settings, ENABLE])})
    shared.nodes.settle(3)
    for name in SETS:
        shared.store.accept_pods(NAMESPACE, name)


def run(stage: Stage) -> tuple[int, str, str]:
    return stage.run("restart")


def revisions(stage: Stage) -> set[str]:
    return {pod["metadata"]["labels"]["controller-revision-hash"] for pod in stage.store.pods(NAMESPACE).values()}


def enabled(stage: Stage) -> str | None:
    return stage.ask("GET", "/_cluster/settings?flat_settings=true")["persistent"].get(ENABLE)


def make_index(stage: Stage, name: str, replicas: int) -> None:
    stage.ask("PUT", f"/{name}", {"settings": {"number_of_shards": 3, "number_of_replicas": replicas}})


def wait_for_line(process: subprocess.Popen[str], beginning: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(beginning):
            return line
    raise AssertionError(f"the job ended without saying {beginning!r}")


def test_three_nodes_restart_one_by_one_and_no_acknowledged_document_is_lost(stage: Stage) -> None:
    make_index(stage, "logs", 1)
    stage.nodes.settle(3)
    before = {name: pod["metadata"]["uid"] for name, pod in stage.store.pods(NAMESPACE).items()}
    stage.change_templates("second")

    def look() -> tuple[int, int]:
        ready = [pod for pod in stage.store.pods(NAMESPACE).values() if _ready(pod)]
        return len(ready), len(stage.nodes.running())

    with Writer(stage.ask, "logs", look) as writer:
        code, said, complaints = run(stage)
    assert (code, complaints) == (0, "")
    assert said.endswith("restarted  3 in all\n")
    assert [line.split()[-1] for line in said.splitlines() if line.startswith("restarted  pod")] == [
        "opensearch-data-a-1", "opensearch-data-a-0", "opensearch-data-b-0",
    ]  # fmt: skip
    after = {name: pod["metadata"]["uid"] for name, pod in stage.store.pods(NAMESPACE).items()}
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())
    assert revisions(stage) == {"second"}
    # At any moment at most one was away, and each was: the watcher has seen the gap.
    assert {pods for pods, _ in writer.seen} == {2, 3}
    assert min(running for _, running in writer.seen) == 2
    assert len(writer.acknowledged) > 100
    assert writer.acknowledged <= identities(stage.ask, "logs")
    assert enabled(stage) is None


def test_a_job_that_was_killed_half_way_is_finished_by_the_next_run(stage: Stage) -> None:
    make_index(stage, "logs", 1)
    stage.store.change_template(NAMESPACE, "opensearch-data-a", "third")
    process = stage.start("restart", "restart-pod")
    wait_for_line(process, "restarted  pod opensearch-data-a-1")
    _until(lambda: enabled(stage) == "primaries")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert enabled(stage) == "primaries"
    stage.store.settle()
    code, said, complaints = run(stage)
    assert (code, complaints) == (0, "")
    assert "pod opensearch-data-a-1" not in said
    assert revisions(stage) == {"third", "second"}
    assert enabled(stage) is None


def test_a_job_that_was_killed_after_its_last_pod_leaves_nothing_forbidden(stage: Stage) -> None:
    stage.ask("PUT", "/_cluster/settings", {"persistent": {ENABLE: "primaries"}})
    assert run(stage) == (0, "unchanged  no pod is outdated\n", "")
    assert enabled(stage) is None


def test_the_second_of_two_jobs_waits_and_finds_nothing_to_do(stage: Stage) -> None:
    stage.store.change_template(NAMESPACE, "opensearch-data-b", "fourth")
    first = stage.start("restart", "first")
    wait_for_line(first, "waiting    pod")
    second = stage.start("restart", "second")
    said, complaints = second.communicate(timeout=60)
    told, _ = first.communicate(timeout=60)
    assert first.returncode == 0
    assert (second.returncode, complaints) == (0, "")
    assert said.splitlines() == [
        "waiting    the lock opensearch/opensearch-operations: first holds it",
        "unchanged  no pod is outdated",
    ]
    assert "restarted  1 in all" in told


def test_a_job_that_is_told_to_end_leaves_the_cluster_serving(stage: Stage) -> None:
    stage.store.change_template(NAMESPACE, "opensearch-data-b", "fifth")
    process = stage.start("restart", "restart-pod")
    wait_for_line(process, "waiting    pod")
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 143
    assert enabled(stage) is None
    stage.store.settle()


def test_a_time_out_restarts_nothing_and_names_what_it_waits_for(stage: Stage) -> None:
    rule = {"index.routing.allocation.require._name": "opensearch-data-b-0"}
    stage.ask("PUT", "/pinned", {"settings": {"number_of_shards": 3, "number_of_replicas": 1, **rule}})
    stage.change_templates("sixth")
    code, said, complaints = stage.run("restart", deadline_seconds=2)
    assert code == 1
    assert complaints == (
        "failed     restart: leave to restart opensearch-data-a-1: not within 2 s; at the end: its status is yellow: "
        "3 copies of shards are missing, the first of pinned[0]\n"
    )
    assert "restarted" not in said
    assert "sixth" not in revisions(stage)
    assert enabled(stage) is None


def test_copies_that_no_node_could_hold_are_not_waited_for(stage: Stage) -> None:
    make_index(stage, "greedy", 5)
    stage.nodes.settle(3, status="yellow")
    stage.store.change_template(NAMESPACE, "opensearch-data-b", "greedy")
    code, said, complaints = run(stage)
    assert (code, complaints) == (0, "")
    assert said.endswith("restarted  1 in all\n")
    assert enabled(stage) is None


def test_copies_that_somebody_else_forbids_are_named_and_stay_forbidden(stage: Stage) -> None:
    stage.change_templates("seventh")
    stage.ask("PUT", "/_cluster/settings", {"persistent": {ENABLE: "none"}})
    code, _, complaints = stage.run("restart", deadline_seconds=2)
    assert code == 1
    assert "somebody has set cluster.routing.allocation.enable to none (persistent)" in complaints
    assert enabled(stage) == "none"
    assert "seventh" not in revisions(stage)


def _ready(pod: dict[str, Any]) -> bool:
    return pod["status"]["conditions"][0]["status"] == "True" and "deletionTimestamp" not in pod["metadata"]


def _until(look: Any) -> None:
    latest = time.monotonic() + 30
    while not look():
        assert time.monotonic() < latest, "it did not come to pass"
