"""A node that has lost its volume is replaced, as the real server allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from components.foundation.jobkit.errors import JobError
from components.stores.qdrant.jobs.config import ReplaceConfig
from components.stores.qdrant.jobs.replace import replace_node
from tests.harness.declare import real_stack
from tests.harness.json_server import Trouble
from tests.harness.killing import Killed, kill_at
from tests.harness.qdrant_state import Replica
from tests.harness.told import told
from tests.qdrant_jobs.conftest import NAMESPACE, documents

if TYPE_CHECKING:
    from tests.qdrant_jobs.conftest import Bench

REMOVED = (NAMESPACE, "qdrant-removed-peers")
NODE = {"node": 1}


@pytest.fixture
def lost(filled: Bench) -> Bench:
    """A cluster whose second node has lost its volume: each start of its pod tries to join at the old address."""
    filled.store.on_create = lambda pod: _start(filled, int(pod.rpartition("-")[2]))
    assert not filled.cluster.join(1)
    for collection in filled.cluster.collections.values():
        for replicas in collection.shards.values():
            if 1101 in replicas:
                replicas[1101].state = "Dead"
    return filled


def _start(bench: Bench, ordinal: int) -> None:
    bench.cluster.join(ordinal)


def _is_whole(bench: Bench, points: dict[str, list[float]]) -> None:
    new = bench.cluster.peers[1]
    assert new != 1101
    assert bench.cluster.members == {1001, new, 1201}
    holders = bench.cluster.holders("documents")
    assert all(len(peers) == 2 for peers in holders.values())
    assert [sum(peer in peers for peers in holders.values()) for peer in bench.cluster.peers] == [4, 4, 4]
    assert bench.cluster.points("documents") == points
    for replicas in bench.cluster.collections["documents"].shards.values():
        assert all(replica.points == next(iter(replicas.values())).points for replica in replicas.values())
    assert bench.store.record(*REMOVED) == {"1101": "qdrant-1"}


def test_the_lost_peer_goes_the_node_joins_and_gets_its_copies_back(lost: Bench) -> None:
    before = lost.cluster.points("documents")
    lost.run(replace_node, NODE)
    _is_whole(lost, before)
    assert lost.cluster.removed == [1101]


def test_a_node_that_founded_a_cluster_of_its_own_joins_too(lost: Bench) -> None:
    before = lost.cluster.points("documents")
    lost.cluster.gone = set()
    lost.cluster.peers[1], lost.cluster.split, lost.cluster.addresses = 777, {1}, {1101: 1}

    def start_again(_: str) -> None:
        lost.cluster.split.clear()
        lost.cluster.peers[1] = 1101
        _start(lost, 1)

    lost.store.on_create = start_again
    lost.run(replace_node, NODE)
    _is_whole(lost, before)


WRITES = ("/configmaps", "/cluster/peer/1101?force=true", "/pods/qdrant-1", "/cluster")


@pytest.mark.parametrize("last", WRITES)
@pytest.mark.parametrize("arrives", [True, False])
def test_a_run_that_is_killed_before_or_after_any_change_is_finished_by_the_next(
    lost: Bench, monkeypatch: pytest.MonkeyPatch, last: str, *, arrives: bool
) -> None:
    before = lost.cluster.points("documents")
    kill_at(monkeypatch, last, arrives=arrives)
    with pytest.raises(Killed):
        lost.run(replace_node, NODE)
    lost.store.settle()
    lost.run(replace_node, NODE)
    _is_whole(lost, before)


@pytest.mark.parametrize("trouble", [{"status": 500, "body": "no quorum"}, {"drop_answer": True}])
def test_a_removal_of_which_nothing_was_heard_is_asked_of_the_members(lost: Bench, trouble: dict[str, Any]) -> None:
    before = lost.cluster.points("documents")
    if "status" in trouble:

        def remove_late(_: int, request: Any) -> None:
            if request.method == "GET" and lost.store.record(*REMOVED) and 1101 in lost.cluster.members:
                lost.peers.nodes[2].remove_peer(1101, force=True)

        lost.cluster.on_request = remove_late
    lost.servers.servers[0].misbehave(1, Trouble(path="force=true", **trouble))
    lost.run(replace_node, NODE)
    _is_whole(lost, before)


def test_a_shard_that_nobody_else_has_keeps_the_lost_peer(lost: Bench) -> None:
    lost.cluster.create("single", documents(shard_number=3, replication_factor=1))
    with pytest.raises(
        JobError, match=r"collection single: no other node has an active copy of shard \d\. Nothing was"
    ):
        lost.run(replace_node, NODE)
    _untouched(lost)


def test_a_copy_that_is_still_on_its_way_is_not_another_copy(lost: Bench) -> None:
    lost.cluster.collections["documents"].shards[0] = {1101: Replica("Active"), 1001: Replica("Recovery")}
    lost.cluster.stuck = True
    with pytest.raises(JobError, match="collection documents: no other node has an active copy of shard 0"):
        lost.run(replace_node, NODE)
    _untouched(lost)


def _untouched(bench: Bench) -> None:
    assert bench.servers.writes() == []
    assert 1101 in bench.cluster.members
    assert bench.store.record(*REMOVED) is None
    assert len(bench.store.pods(NAMESPACE)) == 3


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [({}, "`node` must be"), ({"node": 3}, "`node` must be .* 0 to 2"), ({"node": True}, "`node` must be"),
     ({"node": "qdrant-1"}, "`node` must be"), ({"node": -1}, "`node` must be")],
)  # fmt: skip
def test_a_node_that_there_is_not_is_refused(lost: Bench, request_: dict[str, Any], sentence: str) -> None:
    with pytest.raises(JobError, match=sentence):
        lost.run(replace_node, request_)
    _untouched(lost)


def test_no_node_is_replaced_while_another_is_away_or_apart(lost: Bench) -> None:
    for ordinal in (0, 2):
        lost.cluster.gone = {1, ordinal}
        with pytest.raises(JobError, match="can't be replaced while the other nodes are not whole"):
            lost.run(replace_node, NODE)
    lost.cluster.gone = {1}
    lost.cluster.members.add(4444)
    with pytest.raises(JobError, match=r"peer 4444 at .* is away too"):
        lost.run(replace_node, NODE)
    lost.cluster.members.discard(4444)
    lost.cluster.leaderless = True
    with pytest.raises(JobError, match="knows no leader"):
        lost.run(replace_node, NODE)
    _untouched(lost)


def test_a_member_that_works_stays_and_only_missing_copies_are_made(filled: Bench) -> None:
    shards = filled.cluster.collections["documents"].shards
    del shards[0][next(iter(shards[0]))]
    filled.run(replace_node, NODE)
    assert filled.cluster.members == {1001, 1101, 1201}
    assert filled.cluster.removed == []
    assert filled.store.record(*REMOVED) is None
    assert all(len(peers) == 2 for peers in filled.cluster.holders("documents").values())


@pytest.mark.parametrize("nodes", [1])
def test_the_only_node_is_not_replaced(filled: Bench) -> None:
    with pytest.raises(JobError, match="there is one node, so nobody has another copy"):
        filled.run(replace_node, {"node": 0})
    assert filled.servers.writes() == []


def test_the_hosts_by_which_peers_are_known_are_those_at_which_they_join() -> None:
    [container] = real_stack("prod").one("StatefulSet", "qdrant").inputs["spec"]["template"]["spec"]["containers"]
    service = next(one["value"] for one in container["env"] if one["name"] == "BALLAST_SERVICE")
    peers = told(ReplaceConfig, "qdrant-replace").peers
    assert [urlsplit(peer).hostname for peer in peers] == [f"qdrant-{ordinal}.{service}" for ordinal in range(3)]
