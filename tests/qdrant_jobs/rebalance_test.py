from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.lock import Lock
from components.foundation.jobkit.report import Report
from components.stores.qdrant.jobs.configure import configure
from components.stores.qdrant.jobs.rebalance import rebalance
from tests.harness.qdrant_state import Replica
from tests.qdrant_jobs.conftest import documents

if TYPE_CHECKING:
    from tests.harness.json_server import Request
    from tests.qdrant_jobs.conftest import Bench


def _alone(bench: Bench) -> dict[str, list[float]]:
    """Let ordinal 0 hold all shards once, as before the cluster grew; return the points."""
    first = bench.cluster.peers[0]
    for shards in (collection.shards for collection in bench.cluster.collections.values()):
        for shard, replicas in shards.items():
            shards[shard] = {first: Replica("Active", next(iter(replicas.values())).points)}
    return bench.cluster.points("documents")


def test_after_growth_every_shard_has_its_copies_spread_over_all_nodes(filled: Bench) -> None:
    before = _alone(filled)
    filled.run(rebalance)
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
    filled.run(rebalance)
    writes = len(filled.servers.writes())
    filled.run(rebalance)
    assert len(filled.servers.writes()) == writes
    assert "unchanged  collection documents: 0 steps" in capsys.readouterr().out


def test_a_transfer_that_is_stuck_is_aborted_and_named_and_the_next_run_goes_on(filled: Bench) -> None:
    before = _alone(filled)
    filled.cluster.stuck = True
    with pytest.raises(JobError, match=r"shard 0 from peer 1001 to peer 1\d01 showed no progress for 0\.5 s and was"):
        filled.run(rebalance)
    assert filled.cluster.collections["documents"].moving == []
    assert filled.cluster.points("documents") == before
    filled.cluster.stuck = False
    filled.run(rebalance)
    assert all(len(peers) == 2 for peers in filled.cluster.holders("documents").values())


def test_a_transfer_that_ends_without_a_copy_is_named(filled: Bench) -> None:
    before = _alone(filled)
    filled.cluster.failing = True
    with pytest.raises(JobError, match=r"shard 0 copied from peer 1001 to peer 1\d01 ended without effect"):
        filled.run(rebalance)
    assert filled.cluster.points("documents") == before


def test_a_surplus_copy_is_dropped_and_never_one_that_is_needed(filled: Bench) -> None:
    shards = filled.cluster.collections["documents"].shards
    for replicas in shards.values():
        points = next(iter(replicas.values())).points
        for peer in filled.cluster.peers:
            replicas[peer] = Replica("Active", dict(points))
    before = filled.cluster.points("documents")
    filled.run(rebalance)
    assert all(len(peers) == 2 for peers in filled.cluster.holders("documents").values())
    assert filled.cluster.points("documents") == before


def test_a_declared_number_of_copies_is_made_before_the_collection_says_so(filled: Bench) -> None:
    _alone(filled)
    filled.cluster.collections["documents"].body["replication_factor"] = 1
    told: list[set[int]] = []

    def look(_: int, request: Request) -> None:
        if request.method == "PATCH":
            told.extend(filled.cluster.holders("documents").values())

    filled.cluster.on_request = look
    filled.run(rebalance)
    assert [len(peers) for peers in told] == [2] * 6
    assert filled.cluster.collections["documents"].body["replication_factor"] == 2


def test_three_copies_come_with_the_number_that_must_have_taken_a_write_and_satisfy_configure(filled: Bench) -> None:
    copies = {"replication_factor": 3, "write_consistency_factor": 2}
    filled.changes = {"replication": 3, "write_consistency": 2, "collections": ("documents",)}
    filled.run(rebalance)
    assert all(len(peers) == 3 for peers in filled.cluster.holders("documents").values())
    filled.changes = {"collections": {"documents": documents(**copies)}}
    report = Report()
    configure(filled.job("configure"), filled.peers, report)
    assert report.failed == set()


def test_a_number_that_an_earlier_run_left_behind_is_mended_without_a_step(filled: Bench) -> None:
    filled.cluster.collections["documents"].body["write_consistency_factor"] = 2
    filled.run(rebalance)
    assert filled.cluster.collections["documents"].body["write_consistency_factor"] == 1
    assert [method for method, _ in filled.servers.writes()] == ["PATCH"]


def test_a_run_that_was_killed_half_way_is_finished_by_the_next(filled: Bench) -> None:
    before = _alone(filled)

    def die(_: int, request: Request) -> None:
        if request.method == "POST" and len(filled.servers.writes()) > 4:
            raise ConnectionAbortedError

    filled.cluster.on_request = die
    with pytest.raises(JobError):
        filled.run(rebalance, seconds=2)
    filled.cluster.on_request = lambda _ordinal, _request: None
    filled.run(rebalance)
    assert all(len(peers) == 2 for peers in filled.cluster.holders("documents").values())
    assert filled.cluster.points("documents") == before


def test_nothing_moves_while_a_node_is_away(filled: Bench) -> None:
    _alone(filled)
    filled.cluster.gone = {2}
    with pytest.raises(JobError, match=r"all shards at rest: not within 0\.3 s; .*got no answer"):
        filled.run(rebalance, seconds=0.3)
    assert filled.servers.writes() == []


def test_a_lock_that_was_lost_stops_the_next_step(filled: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    _alone(filled)

    def lose(_: int, request: Request) -> None:
        if request.method == "POST":
            monkeypatch.setattr(Lock, "check", lost)

    def lost(lock: Lock) -> None:
        lock._lost = "another-job holds it now"
        check(lock)

    check = Lock.check
    filled.cluster.on_request = lose
    with pytest.raises(JobError, match="was lost"):
        filled.run(rebalance)
    assert len(filled.servers.writes()) == 1


def test_a_transfer_that_gets_on_may_take_longer_than_the_deadline(filled: Bench) -> None:
    filled.cluster.collections["documents"].shards = {0: {1001: Replica("Active", {"a": [1.0, 0.5]})}}
    filled.cluster.looks = 400
    began = time.monotonic()
    filled.run(rebalance, seconds=0.2)
    assert time.monotonic() - began > 2 * 0.2
    assert len(filled.cluster.holders("documents")[0]) == 2
