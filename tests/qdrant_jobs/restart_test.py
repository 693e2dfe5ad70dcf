from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.waiting import NotYetError
from components.stores.qdrant.jobs.drain import drain
from components.stores.qdrant.jobs.restart import Gate, restart
from tests.harness.kubernetes_store import path
from tests.harness.qdrant_shards import begin
from tests.harness.qdrant_state import Replica
from tests.qdrant_jobs.conftest import NAMESPACE

if TYPE_CHECKING:
    from tests.qdrant_jobs.conftest import Bench

CERTIFICATE = "/apis/cert-manager.io/v1/namespaces/qdrant/certificates/qdrant-node"


@pytest.fixture
def rolling(filled: Bench) -> Bench:
    """A cluster whose pods are real: away while they restart, and their replicas dead when they come back."""
    cluster = filled.cluster

    def leave(pod: str) -> None:
        ordinal = int(pod.rpartition("-")[2])
        filled.away.append(pod)
        cluster.gone.add(ordinal)
        filled.worst = max(filled.worst, len(cluster.gone))
        with cluster.guard:
            for replicas in cluster.collections["documents"].shards.values():
                if cluster.peers[ordinal] in replicas:
                    assert any(r.state == "Active" for p, r in replicas.items() if p != cluster.peers[ordinal])
                    replicas[cluster.peers[ordinal]].state = "Dead"

    filled.store.on_delete = leave
    filled.store.on_create = lambda pod: cluster.gone.discard(int(pod.rpartition("-")[2]))
    return filled


def _stamp(bench: Bench, moment: str) -> None:
    for pod in bench.store.pods(NAMESPACE).values():
        pod["metadata"]["creationTimestamp"] = moment


def _kill(cluster: Any) -> None:
    for replicas in cluster.collections["documents"].shards.values():
        for replica in replicas.values():
            replica.state = "Dead"


def _move(cluster: Any) -> None:
    cluster.stuck = True
    shards = cluster.holders("documents")
    shard = next(shard for shard, peers in shards.items() if 1001 in peers and 1201 not in peers)
    begin(cluster, "documents", {"move_shard": {"shard_id": shard, "from_peer_id": 1001, "to_peer_id": 1201}})
    cluster.collections["documents"].shards[shard][1201].state = "Active"


def test_every_outdated_pod_is_restarted_and_never_two_are_away_or_a_shard_without_a_copy(rolling: Bench) -> None:
    before = rolling.cluster.points("documents")
    rolling.store.change_template(NAMESPACE, "qdrant", "second")
    rolling.run(restart)
    assert rolling.away == ["qdrant-2", "qdrant-1", "qdrant-0"]
    assert rolling.worst == 1
    assert rolling.cluster.points("documents") == before
    assert all(r.state == "Active" for rs in rolling.cluster.collections["documents"].shards.values()
               for r in rs.values())  # fmt: skip


@pytest.mark.parametrize("nodes", [4])
def test_between_a_drain_and_the_next_up_a_restart_does_not_wait_for_the_nodes_that_are_gone(rolling: Bench) -> None:
    rolling.run(drain, {"replicas": 3})
    rolling.store.settle()
    rolling.away.clear()
    rolling.store.change_template(NAMESPACE, "qdrant", "second")
    rolling.run(restart)
    assert rolling.away == ["qdrant-2", "qdrant-1", "qdrant-0"]


def test_where_nothing_is_outdated_qdrant_is_not_asked(rolling: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    rolling.run(restart)
    assert rolling.away == []
    assert not [entry for server in rolling.servers.servers for entry in server.log]
    assert "unchanged  no pod is outdated" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda c: setattr(c, "gone", {1}), "got no answer"),
        (lambda c: c.members.add(4444), "counts peer 4444"),
        (lambda c: setattr(c, "leaderless", True), "knows no leader"),
        (_kill, "is Dead on peer"),
        (_move, "is on its way from peer 1001"),
    ],
)
def test_no_pod_is_taken_from_a_cluster_that_is_not_whole(rolling: Bench, spoil: Any, sentence: str) -> None:
    spoil(rolling.cluster)
    rolling.store.change_template(NAMESPACE, "qdrant", "second")
    with pytest.raises(JobError, match=rf"leave to restart qdrant-2: not within 0\.3 s; .*{sentence}"):
        rolling.run(restart, seconds=0.3)
    assert rolling.away == []


def test_a_pod_with_the_only_copy_of_a_shard_stays(rolling: Bench) -> None:
    shards = rolling.cluster.collections["documents"].shards
    shards[0] = {1201: Replica("Active", next(iter(shards[0].values())).points)}
    rolling.store.change_template(NAMESPACE, "qdrant", "second")
    with pytest.raises(JobError, match=r"the only copy of shard 0 is on qdrant-2; \./ballast rebalance adds one"):
        rolling.run(restart, seconds=0.3)
    assert rolling.away == []


@pytest.mark.parametrize("nodes", [1])
def test_one_node_is_restarted_without_asking_for_other_copies(bench: Bench) -> None:
    bench.cluster.create("documents", {"vectors": {"size": 2, "distance": "Dot"}, "replication_factor": 2})
    bench.store.change_template(NAMESPACE, "qdrant", "second")
    before = bench.store.pods(NAMESPACE)["qdrant-0"]["metadata"]["uid"]
    bench.run(restart)
    assert bench.store.pods(NAMESPACE)["qdrant-0"]["metadata"]["uid"] != before


def test_pods_older_than_their_certificate_are_restarted(rolling: Bench) -> None:
    rolling.changes["certificates"] = ("qdrant-node",)
    rolling.store.objects[CERTIFICATE] = {"metadata": {}, "status": {"notBefore": "2026-11-20T00:00:00Z"}}
    _stamp(rolling, "2026-11-20T00:00:01Z")
    rolling.store.objects[path("pods", NAMESPACE, "qdrant-1")]["metadata"]["creationTimestamp"] = "2026-11-19T23:59:59Z"
    welcome = rolling.store.on_create

    def come(pod: str) -> None:
        found = rolling.store.objects[path("pods", NAMESPACE, pod)]
        found["metadata"]["creationTimestamp"] = "2026-11-21T00:00:00Z"
        welcome(pod)

    rolling.store.on_create = come
    rolling.run(restart)
    assert rolling.away == ["qdrant-1"]


def test_a_certificate_that_is_missing_is_an_error_before_any_restart(rolling: Bench) -> None:
    rolling.changes["certificates"] = ("qdrant-node",)
    rolling.store.change_template(NAMESPACE, "qdrant", "second")
    with pytest.raises(JobError, match="no Certificate qdrant/qdrant-node; nothing was restarted"):
        rolling.run(restart)
    assert rolling.away == []


def test_a_second_job_waits_for_the_first_and_names_it(rolling: Bench) -> None:
    rolling.store.change_template(NAMESPACE, "qdrant", "second")
    deadline = rolling.job("restart").deadline
    with rolling.lock("another-job").held(deadline), pytest.raises(JobError, match="another-job holds it"):
        rolling.run(restart, seconds=0.3)
    assert rolling.away == []


def test_a_pod_has_its_place_again_when_it_is_ready_and_all_its_replicas_are_active(filled: Bench) -> None:
    gate = Gate(filled.peers)
    gate.rejoined("qdrant-2")
    filled.cluster.unready = {2}
    with pytest.raises(NotYetError, match="qdrant-2 does not call itself ready"):
        gate.rejoined("qdrant-2")
    filled.cluster.unready, filled.cluster.stuck = set(), True
    replicas = next(r for r in filled.cluster.collections["documents"].shards.values() if 1201 in r)
    replicas[1201].state = "Dead"
    with pytest.raises(NotYetError, match=r"collection documents: shard \d is Partial on qdrant-2"):
        gate.rejoined("qdrant-2")
    gate.rejoined("qdrant-1")
