from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.report import Report
from components.stores.qdrant.jobs.config import ConfigureConfig
from components.stores.qdrant.jobs.configure import configure
from tests.harness.json_server import Trouble
from tests.harness.qdrant_stub import KEY
from tests.harness.told import told
from tests.qdrant_jobs.conftest import documents

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.qdrant_jobs.conftest import Bench

Run = tuple[int, str, str]


@pytest.fixture
def run(bench: Bench, capsys: pytest.CaptureFixture[str]) -> Callable[[], Run]:
    """Run the job and return its exit code, what it said, and what it complained of; no key in either."""

    def once() -> Run:
        report = Report()
        report.hide(KEY)
        configure(bench.job("configure"), bench.peers, report)
        code, said = report.close(), capsys.readouterr()
        assert KEY not in said.out + said.err
        return code, said.out, said.err

    return once


def test_what_is_declared_is_created_and_the_second_run_finds_nothing_to_do(
    bench: Bench, run: Callable[[], Run]
) -> None:
    code, said, _ = run()
    assert code == 0
    assert "created    collection documents" in said
    assert "updated    quotas of the cluster" in said
    assert bench.cluster.collections["documents"].body == documents()
    assert bench.cluster.quotas["max_disk_usage_percent"] == 85
    writes = len(bench.servers.writes())
    code, said, _ = run()
    assert (code, len(bench.servers.writes())) == (0, writes)
    assert "0 created, 0 updated, 2 unchanged" in said


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"vectors": {"size": 3, "distance": "Cosine"}}, "vectors.size is 3, the stack file says 1024"),
        ({"vectors": {"size": 1024, "distance": "Dot"}}, "vectors.distance is Dot, the stack file says Cosine"),
        ({"shard_number": 4}, "shard_number is 4, the stack file says 6"),
        ({"quantization_config": None}, "quantization_config.scalar.type is None, the stack file says int8"),
    ],
)
def test_a_collection_that_differs_is_named_and_left_as_it_is(
    bench: Bench, run: Callable[[], Run], change: dict[str, Any], sentence: str
) -> None:
    bench.cluster.create("documents", documents(**change))
    bench.cluster.fill("documents", 10)
    before = bench.cluster.points("documents")
    code, _, complaint = run()
    assert code == 1
    assert sentence in complaint
    assert "switch an alias to it" in complaint
    assert len(complaint.splitlines()) == 1
    assert bench.cluster.collections["documents"].body == documents(**change)
    assert bench.cluster.points("documents") == before


def test_too_few_copies_are_the_rebalance_jobs_business(bench: Bench, run: Callable[[], Run]) -> None:
    bench.cluster.create("documents", documents(replication_factor=1))
    code, _, complaint = run()
    assert code == 1
    assert "replication_factor is 1, the stack file says 2" in complaint
    assert "made, and both numbers set, by ./ballast rebalance STACK qdrant" in complaint


def test_a_collection_that_nobody_declared_is_named_and_left_alone(bench: Bench, run: Callable[[], Run]) -> None:
    bench.cluster.create("by-hand", {"vectors": {"size": 2, "distance": "Dot"}})
    code, said, _ = run()
    assert code == 0
    assert "undeclared collection by-hand: left alone" in said
    assert "by-hand" in bench.cluster.collections


def test_quotas_that_somebody_added_stay(bench: Bench, run: Callable[[], Run]) -> None:
    bench.cluster.quotas = {"enabled": True, "max_disk_usage_percent": 50, "release_margin_percent": 9}
    run()
    declared = told(ConfigureConfig, "qdrant-jobs-configure").quotas
    assert bench.cluster.quotas == {**declared, "release_margin_percent": 9}
    assert declared["max_disk_usage_percent"] == 85


def test_the_key_appears_in_no_line_not_even_in_the_servers_words(bench: Bench, run: Callable[[], Run]) -> None:
    bench.servers.servers[0].misbehave(1, Trouble(status=500, body={"status": {"error": f"bad {KEY}"}}, path="quotas"))
    code, _, complaint = run()
    assert code == 1
    assert "answered 500: bad" in complaint


def test_a_collection_whose_creation_got_no_answer_is_there_and_compared(bench: Bench, run: Callable[[], Run]) -> None:
    bench.changes["quotas"] = {}
    # The question whether it exists passes; its creation gets through, and only its answer is lost.
    bench.servers.servers[0].misbehave(1, Trouble(path="/collections/documents"))
    bench.servers.servers[0].misbehave(1, Trouble(path="/collections/documents", drop_answer=True))
    code, said, _ = run()
    assert code == 0
    assert "unchanged  collection documents" in said
    assert list(bench.cluster.collections) == ["documents"]
