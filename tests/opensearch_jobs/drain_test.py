"""Nodes that leave for good, as the shipped program does it, with real nodes in processes of their own."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.harness.opensearch_pods import NAMESPACE, Stage
from tests.harness.writer import identities

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.opensearch

MANAGER, DATA = ["cluster_manager"], ["data", "ingest"]
SETS = {
    "opensearch-data-a": 2,
    "opensearch-data-b": 1,
    "opensearch-manager-a": 1,
    "opensearch-manager-b": 1,
    "opensearch-manager-c": 1,
}
ROLES = {name: DATA if "data" in name else MANAGER for name in SETS}
DOCUMENTS = 50
PLUGINS = ".opendistro-ism-config"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One cluster for all tests of this file: the refusals leave it as it is, the last ones make it smaller."""
    with Stage(tmp_path_factory.mktemp("drain"), SETS, ROLES) as stage:
        for index, replicas in (("logs", 1), ("single", 0)):
            settings = {"number_of_shards": 4, "number_of_replicas": replicas}
            stage.ask("PUT", f"/{index}", {"settings": settings})
            for number in range(DOCUMENTS):
                stage.ask("PUT", f"/{index}/_doc/{number}", {"number": number})
        stage.nodes.settle(6)
        yield stage


@pytest.fixture(autouse=True)
def _nothing_stays_set(stage: Stage) -> Iterator[None]:
    yield
    assert excluded(stage) is None
    assert votes_taken(stage) == []


def drain(stage: Stage, seconds: float = 60, **replicas: int) -> tuple[int, str, str]:
    wished = {name.replace("_", "-"): number for name, number in replicas.items()}
    return stage.run("drain", {"replicas": wished}, deadline_seconds=seconds)


def live(stage: Stage) -> dict[str, int]:
    found = {name: stage.kubernetes.stateful_set(NAMESPACE, name) for name in SETS}
    return {name: body["spec"]["replicas"] for name, body in found.items() if body}


def excluded(stage: Stage) -> str | None:
    key = "cluster.routing.allocation.exclude._name"
    return stage.ask("GET", "/_cluster/settings?flat_settings=true")["persistent"].get(key)


def votes_taken(stage: Stage) -> list[Any]:
    state = stage.ask("GET", "/_cluster/state/metadata")["metadata"]["cluster_coordination"]
    return state["voting_config_exclusions"]


def test_an_index_with_more_copies_than_nodes_left_is_named_and_nothing_happens(stage: Stage) -> None:
    stage.ask("PUT", "/wide", {"settings": {"number_of_shards": 1, "number_of_replicas": 2}})
    stage.nodes.settle(6)
    code, said, complaints = drain(stage, opensearch_data_a=1)
    stage.ask("DELETE", "/wide")
    assert (code, said) == (1, "")
    assert complaints == (
        "failed     drain: index wide has 2 replicas, so it needs 3 data nodes, and 2 would be left. Nothing was "
        "changed. Keep more nodes, or give the index fewer replicas first.\n"
    )
    assert live(stage) == SETS


@pytest.mark.parametrize("replicas", [{"opensearch_manager_b": 0}, {f"opensearch_manager_{zone}": 0 for zone in "abc"}])
def test_a_number_of_managers_without_a_sound_majority_is_refused(stage: Stage, replicas: dict[str, int]) -> None:
    code, _, complaints = drain(stage, **replicas)
    assert code == 1
    assert f"3 cluster managers can't become {3 - len(replicas)}" in complaints
    assert live(stage) == SETS


def test_a_cluster_that_is_not_whole_lets_nobody_go(stage: Stage) -> None:
    rule = {"index.routing.allocation.require._name": "opensearch-data-b-0"}
    stage.ask("PUT", "/pinned", {"settings": {"number_of_shards": 1, "number_of_replicas": 1, **rule}})
    code, _, complaints = drain(stage, opensearch_data_a=1)
    stage.ask("DELETE", "/pinned")
    stage.nodes.settle(6)
    assert code == 1
    assert "the cluster is not whole: its status is yellow, and 6 of 6 nodes are there" in complaints
    assert live(stage) == SETS


def test_an_exclusion_of_somebody_else_is_left_alone(stage: Stage) -> None:
    _exclude(stage, "opensearch-data-b-0")
    code, _, complaints = drain(stage, opensearch_data_a=1)
    kept = excluded(stage)
    _exclude(stage, None)
    stage.nodes.settle(6)
    assert code == 1
    assert "somebody has excluded opensearch-data-b-0 from holding shards" in complaints
    assert kept == "opensearch-data-b-0"
    assert live(stage) == SETS


def test_a_shard_that_can_not_move_is_named_with_the_reason(stage: Stage) -> None:
    rule = {"index.routing.allocation.require._name": "opensearch-data-a-1", "number_of_replicas": 0}
    stage.ask("PUT", "/pinned", {"settings": {"number_of_shards": 1, **rule}})
    stage.nodes.settle(6)
    code, _, complaints = drain(stage, seconds=5, opensearch_data_a=1)
    stage.ask("DELETE", "/pinned")
    stage.nodes.settle(6)
    assert code == 1
    assert (
        "the shards of opensearch-data-a-1: not within 5 s; at the end: pinned[0] can't move yet, because" in complaints
    )
    assert "require" in complaints
    assert live(stage) == SETS


def test_a_data_node_leaves_and_every_document_is_kept(stage: Stage) -> None:
    code, said, complaints = drain(stage, opensearch_data_a=1)
    assert (code, complaints) == (0, "")
    assert [line for line in said.splitlines() if line.startswith("drained")] == [
        "drained    pod opensearch-data-a-1",
        "drained    1 in all",
    ]
    assert live(stage) == {**SETS, "opensearch-data-a": 1}
    assert len(stage.nodes.running()) == 5
    assert stage.store.annotations(NAMESPACE) == {"nodes.ballast/opensearch-data-a": "1"}
    stage.nodes.settle(5)
    for index in ("logs", "single"):
        assert identities(stage.ask, index) == {str(n) for n in range(DOCUMENTS)}
    assert drain(stage, opensearch_data_a=1) == (0, "unchanged  no pod has to go\n", "")


def test_managers_go_from_three_to_one_through_a_killed_run_and_the_last_one_elects_itself(stage: Stage) -> None:
    stop, gone = stage.store.on_delete, []

    def kill_first(pod: str) -> None:
        # Between the order to Kubernetes and the end of the node: the worst moment to die.
        if not gone:
            process.send_signal(signal.SIGKILL)
            process.wait()
        gone.append(pod)
        stop(pod)

    stage.store.on_delete = kill_first
    request = {"replicas": {"opensearch-manager-b": 0, "opensearch-manager-c": 0}}
    process = stage.start("drain", "drain-pod", request)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert [entry["node_name"] for entry in votes_taken(stage)] == ["opensearch-manager-b-0"]
    code, said, complaints = drain(stage, opensearch_manager_b=0, opensearch_manager_c=0)
    assert (code, complaints) == (0, "")
    assert said.endswith("drained    pod opensearch-manager-c-0\ndrained    1 in all\n")
    assert gone == ["opensearch-manager-b-0", "opensearch-manager-c-0"]
    noted = stage.store.annotations(NAMESPACE)
    assert {noted[f"nodes.ballast/opensearch-manager-{zone}"] for zone in "bc"} == {"0"}
    stage.nodes.stop("opensearch-manager-a-0")
    stage.nodes.start("opensearch-manager-a-0")
    stage.nodes.settle(3)
    assert identities(stage.ask, "logs") == {str(n) for n in range(DOCUMENTS)}


def test_what_plugins_keep_follows_the_nodes_so_that_one_alone_can_stay(stage: Stage) -> None:
    # As index management makes it, in a cluster of several nodes.
    settings = {"index.hidden": True, "number_of_shards": 1, "number_of_replicas": 1}
    stage.ask("PUT", f"/{PLUGINS}", {"settings": settings})
    stage.ask("PUT", f"/{PLUGINS}/_doc/logs", {"number": 1})
    stage.ask("PUT", "/logs/_settings", {"number_of_replicas": 0})
    stage.nodes.settle(3)
    code, said, complaints = drain(stage, opensearch_data_b=0)
    assert (code, complaints) == (0, "")
    assert said.endswith("drained    pod opensearch-data-b-0\ndrained    1 in all\n")
    stage.nodes.settle(2)
    assert identities(stage.ask, PLUGINS) == {"logs"}
    assert identities(stage.ask, "logs") == {str(n) for n in range(DOCUMENTS)}


def _exclude(stage: Stage, node: str | None) -> None:
    setting = {"cluster.routing.allocation.exclude._name": node}
    stage.ask("PUT", "/_cluster/settings", {"persistent": setting})
