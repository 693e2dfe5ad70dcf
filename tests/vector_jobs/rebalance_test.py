from __future__ import annotations

from typing import TYPE_CHECKING

from components.vectors.jobs.rebalance import rebalance
from tests.harness.qdrant_state import Replica

if TYPE_CHECKING:
    import pytest

    from tests.vector_jobs.conftest import Bench


def _alone(bench: Bench) -> dict[str, list[float]]:
    """Let ordinal 0 hold all shards once, as before the cluster grew; return the points."""
    first = bench.cluster.peers[0]
    for shards in (collection.shards for collection in bench.cluster.collections.values()):
        for shard, replicas in shards.items():
            shards[shard] = {first: Replica("Active", next(iter(replicas.values())).points)}
    return bench.cluster.points("documents")


def test_after_growth_every_shard_has_its_copies_spread_over_all_nodes(filled: Bench) -> None:
    before = _alone(filled)
    rebalance(filled.session())
    holders = filled.cluster.holders("documents")
    assert all(len(peers) == 2 for peers in holders.values())
    loads = [sum(peer in peers for peers in holders.values()) for peer in filled.cluster.peers]
    assert loads == [4, 4, 4]
    assert filled.cluster.points("documents") == before
    assert all(
        replica.points == {k: v for k, v in before.items() if int(k.rpartition("-")[2]) % 6 == shard}
        for shard, replicas in filled.cluster.collections["documents"].shards.items()
        for replica in replicas.values()
    )


def test_a_second_run_moves_nothing(filled: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    _alone(filled)
    rebalance(filled.session())
    writes = len(filled.servers.writes())
    rebalance(filled.session())
    assert len(filled.servers.writes()) == writes
    assert "unchanged  collection documents: 0 steps" in capsys.readouterr().out
