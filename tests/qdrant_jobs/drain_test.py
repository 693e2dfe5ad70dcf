from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.errors import JobError
from components.stores.qdrant.jobs.drain import drain
from tests.harness.json_server import Trouble
from tests.harness.killing import Killed, kill_at
from tests.qdrant_jobs.conftest import NAMESPACE, documents

if TYPE_CHECKING:
    from tests.harness.json_server import Request
    from tests.qdrant_jobs.conftest import Bench

RECORDED = "nodes.ballast/qdrant"
REMOVED = (NAMESPACE, "qdrant-removed-peers")


@pytest.fixture
def nodes() -> int:
    return 5


@pytest.fixture
def large(filled: Bench) -> Bench:
    """Five nodes whose pods are real: one that ends takes its disk along."""
    filled.store.on_delete = lambda pod: filled.cluster.gone.add(int(pod.rpartition("-")[2]))
    return filled


def _pods(bench: Bench) -> list[str]:
    bench.store.settle()
    return list(bench.store.pods(NAMESPACE))


def test_nodes_go_from_the_top_one_by_one_and_no_point_is_lost(large: Bench) -> None:
    before = large.cluster.points("documents")
    large.run(drain, {"replicas": 3})
    assert _pods(large) == ["qdrant-0", "qdrant-1", "qdrant-2"]
    assert large.cluster.removed == [1401, 1301]
    assert large.cluster.members == {1001, 1101, 1201}
    assert all(len(peers) == 2 for peers in large.cluster.holders("documents").values())
    assert large.cluster.points("documents") == before
    assert large.store.record(*REMOVED) == {"1401": "qdrant-4", "1301": "qdrant-3"}
    assert large.store.annotations(NAMESPACE)[RECORDED] == "3"


def test_a_second_run_changes_nothing(large: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    large.run(drain, {"replicas": 3})
    large.store.settle()
    writes = len(large.servers.writes())
    large.run(drain, {"replicas": 3})
    assert len(large.servers.writes()) == writes
    assert "unchanged  3 nodes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({}, "`replicas` must be the number of nodes"),
        ({"replicas": 0}, "`replicas` must be the number of nodes"),
        ({"replicas": "3"}, "`replicas` must be the number of nodes"),
        ({"replicas": True}, "`replicas` must be the number of nodes"),
        ({"replicas": 6}, "there are 5 nodes and 6 were asked for"),
        ({"replicas": 2}, "lose their quorum with either of them. Nothing was changed"),
        ({"replicas": 1}, "collection documents has 2 copies of each shard, which do not fit on 1 nodes"),
    ],
)
def test_a_number_that_can_not_be_kept_is_refused_before_anything_is_touched(
    large: Bench, request_: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(JobError, match=sentence.replace("(", r"\(")):
        large.run(drain, request_)
    _untouched(large)


def _untouched(bench: Bench) -> None:
    assert bench.servers.writes() == []
    assert len(_pods(bench)) == 5
    assert bench.store.record(*REMOVED) is None
    assert bench.store.annotations(NAMESPACE) == {}


def test_no_node_goes_while_another_is_away(large: Bench) -> None:
    large.cluster.gone = {1}
    with pytest.raises(JobError, match=r"no node is taken out while one is away: .*Bring it back"):
        large.run(drain, {"replicas": 3})
    _untouched(large)


def test_who_is_away_is_named_before_the_server_has_its_own_trouble_with_that(large: Bench) -> None:
    large.cluster.create("single", documents(shard_number=5, replication_factor=1))
    large.cluster.gone = {1}
    with pytest.raises(JobError, match=r"no node is taken out while one is away: .*Bring it back"):
        large.run(drain, {"replicas": 3})
    _untouched(large)


def test_a_removed_node_is_ended_before_anything_else_is_asked(large: Bench) -> None:
    served: list[str] = []

    def look(_: int, request: Request) -> None:
        if 1401 in large.cluster.removed and large.kubernetes.replicas(NAMESPACE, "qdrant") == 5:
            served.append(request.path)

    large.cluster.on_request = look
    large.run(drain, {"replicas": 4})
    assert large.cluster.removed == [1401]
    assert served == []


def test_a_removal_that_the_server_gave_up_waiting_for_may_still_have_happened(large: Bench) -> None:
    def happen(_: int, request: Request) -> None:
        if request.method == "GET" and large.store.record(*REMOVED) and 1401 in large.cluster.members:
            large.peers.nodes[1].remove_peer(1401)

    large.servers.servers[0].misbehave(1, Trouble(status=500, body="Timeout set at: 10 seconds", path="peer/1401"))
    large.cluster.on_request = happen
    large.run(drain, {"replicas": 4})
    assert _pods(large)[-1] == "qdrant-3"
    assert large.store.record(*REMOVED) == {"1401": "qdrant-4"}


def test_a_removal_that_never_happened_keeps_the_pod_and_the_next_run_goes_on(large: Bench) -> None:
    large.servers.servers[0].misbehave(1, Trouble(status=500, body="Timeout set at: 10 seconds", path="peer/1401"))
    with pytest.raises(JobError, match="removal of peer 1401: not within"):
        large.run(drain, {"replicas": 4})
    assert len(_pods(large)) == 5
    large.run(drain, {"replicas": 4})
    assert _pods(large)[-1] == "qdrant-3"


def test_a_shard_with_one_copy_is_moved_and_not_dropped(large: Bench) -> None:
    large.cluster.create("single", documents(replication_factor=1))
    large.cluster.fill("single", 60)
    before = large.cluster.points("single")
    large.run(drain, {"replicas": 3})
    assert large.cluster.points("single") == before
    assert all(len(peers) == 1 for peers in large.cluster.holders("single").values())


def test_a_collection_that_appears_at_the_last_moment_keeps_its_node(large: Bench) -> None:
    def appear(_: int, request: Request) -> None:
        if request.method == "DELETE" and "late" not in large.cluster.collections:
            large.cluster.create("late", documents(shard_number=5, replication_factor=1))

    large.cluster.on_request = appear
    with pytest.raises(JobError, match="Cannot remove peer 1401 as there are shards on it"):
        large.run(drain, {"replicas": 4})
    assert len(_pods(large)) == 5
    assert 1401 in large.cluster.members
    assert large.store.record(*REMOVED) == {"1401": ""}, "its next start would put the files of a member aside"
    large.run(drain, {"replicas": 4})
    assert all(1401 not in peers and peers for peers in large.cluster.holders("late").values())
    assert _pods(large)[-1] == "qdrant-3"


WRITES = ("/cluster", "/cluster/peer/1401", "/configmaps", "/scale", "/namespaces/qdrant")
"""Ends of the paths of everything that a drain changes: shards, peer, note, pods, recorded node counts."""


@pytest.mark.parametrize("last", WRITES)
@pytest.mark.parametrize("arrives", [True, False])
def test_a_run_that_is_killed_before_or_after_any_change_is_finished_by_the_next(
    large: Bench, monkeypatch: pytest.MonkeyPatch, last: str, *, arrives: bool
) -> None:
    before = large.cluster.points("documents")
    kill_at(monkeypatch, last, arrives=arrives)
    with pytest.raises(Killed):
        large.run(drain, {"replicas": 4})
    assert large.cluster.points("documents") == before
    large.run(drain, {"replicas": 4})
    assert large.cluster.members == {1001, 1101, 1201, 1301}
    assert large.cluster.points("documents") == before
    assert _pods(large)[-1] == "qdrant-3"
    assert large.store.annotations(NAMESPACE)[RECORDED] == "4"


def test_a_run_that_was_killed_after_the_removal_does_not_need_the_removed_node(large: Bench) -> None:
    large.run(drain, {"replicas": 4})
    large.store.settle()
    # As if it had been killed between the removal of the peer and the end of its pod.
    large.kubernetes.scale(NAMESPACE, "qdrant", 5)
    large.store.settle()
    large.store.objects["/api/v1/namespaces/qdrant"] = {"metadata": {}}
    large.run(drain, {"replicas": 4})
    assert _pods(large)[-1] == "qdrant-3"
    assert large.store.annotations(NAMESPACE)[RECORDED] == "4"
    assert large.cluster.removed == [1401]


def test_a_node_that_came_back_as_a_new_peer_before_its_old_one_was_removed_goes_too(large: Bench) -> None:
    # Killed between the note and the removal; the pod was restarted, put its storage aside and joined anew.
    for replicas in large.cluster.collections["documents"].shards.values():
        replicas.pop(1401, None)
    large.kubernetes.create_config_map(*REMOVED, {"1401": "qdrant-4"})
    large.cluster.peers[4] = 1999
    large.cluster.members.add(1999)
    large.run(drain, {"replicas": 4})
    assert large.cluster.members == {1001, 1101, 1201, 1301}
    assert set(large.store.record(*REMOVED) or {}) == {"1401", "1999"}


def test_a_stuck_transfer_keeps_the_node(large: Bench) -> None:
    large.cluster.stuck = True
    with pytest.raises(JobError, match="showed no progress"):
        large.run(drain, {"replicas": 3})
    assert large.cluster.removed == []
    assert len(_pods(large)) == 5
