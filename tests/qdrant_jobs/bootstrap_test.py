from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from components.foundation.jobkit.errors import JobError
from components.stores.qdrant.jobs.bootstrap import bootstrap
from tests.harness.json_server import Request, Trouble

if TYPE_CHECKING:
    from tests.qdrant_jobs.conftest import Bench

RECORD = ("qdrant", "qdrant-bootstrap")


def _record(bench: Bench, data: dict[str, str]) -> None:
    bench.kubernetes.create_config_map(*RECORD, data)


def test_the_first_formation_is_recorded(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.run(bootstrap)
    record = bench.store.record(*RECORD)
    assert record is not None
    assert record["first_peer"] == "1001"
    assert record["peers"].split() == ["1001", "1101", "1201"]
    assert record["formed_at"].endswith("+00:00")
    assert capsys.readouterr().out == "created    bootstrap record qdrant/qdrant-bootstrap: first peer 1001\n"


def test_a_second_run_changes_nothing_even_while_a_node_is_away(bench: Bench) -> None:
    bench.run(bootstrap)
    before = dict(bench.store.record(*RECORD) or {})
    bench.cluster.gone = {2}
    bench.run(bootstrap)
    assert bench.store.record(*RECORD) == before


def test_a_record_of_another_cluster_is_refused_and_kept(bench: Bench) -> None:
    _record(bench, {"first_peer": "7", "peers": "7\n8"})
    with pytest.raises(JobError, match=r"two clusters: .* names 7, 8\. Nothing was changed\. Stop all writes"):
        bench.run(bootstrap)
    assert bench.store.record(*RECORD) == {"first_peer": "7", "peers": "7\n8"}


def test_two_clusters_are_told_apart(bench: Bench) -> None:
    bench.cluster.split = {2}
    with pytest.raises(JobError, match=r"two clusters: one has the peers 1001, 1101, peer 1201 names 1201"):
        bench.run(bootstrap)
    assert bench.store.record(*RECORD) is None


def test_nothing_is_recorded_while_a_node_is_away_or_nobody_leads(bench: Bench) -> None:
    bench.cluster.gone = {1}
    with pytest.raises(JobError, match=r"the first formation: not within 0\.2 s"):
        bench.run(bootstrap, seconds=0.2)
    bench.cluster.gone, bench.cluster.leaderless = set(), True
    with pytest.raises(JobError, match="knows no leader yet"):
        bench.run(bootstrap, seconds=0.2)
    assert bench.store.record(*RECORD) is None


def test_a_peer_without_a_node_keeps_the_record_back(bench: Bench) -> None:
    bench.cluster.members.add(4444)
    with pytest.raises(JobError, match="counts peer 4444, for which no node answers"):
        bench.run(bootstrap, seconds=0.2)
    assert bench.store.record(*RECORD) is None


def test_nodes_that_start_slowly_are_waited_for(bench: Bench) -> None:
    bench.servers.servers[1].misbehave(3, Trouble(status=503, body="not ready"))
    bench.run(bootstrap)
    assert bench.store.record(*RECORD) is not None


def test_a_run_that_lost_the_race_reads_what_the_winner_wrote(bench: Bench) -> None:
    def race(ordinal: int, _: Request) -> None:
        if ordinal == 2:
            _record(bench, {"first_peer": "1001", "peers": "1001"})

    bench.cluster.on_request = race
    bench.run(bootstrap)
    assert bench.store.record(*RECORD) == {"first_peer": "1001", "peers": "1001"}


@pytest.mark.parametrize("nodes", [1])
def test_one_node_founds_its_cluster_alone(bench: Bench) -> None:
    bench.run(bootstrap)
    assert (bench.store.record(*RECORD) or {})["peers"] == "1001"
