"""The programs as a pod runs them: the shipped files alone, in a Python of their own."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.harness.bare_job import Shipped, ship
from tests.harness.kubernetes_stub import TOKEN
from tests.harness.qdrant_state import Replica
from tests.harness.qdrant_stub import KEY
from tests.qdrant_jobs.conftest import NAMESPACE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.qdrant_jobs.conftest import Bench

HOLDER = "this-job"


@pytest.fixture
def shipped(bench: Bench, tmp_path: Path) -> Shipped:
    found = ship(tmp_path / "shipped", bench.api.url, TOKEN)
    (found.folder / "secrets").mkdir()
    (found.folder / "secrets" / "api-key").write_text(KEY)
    return found


def _run(program: str, shipped: Shipped, bench: Bench, request: dict[str, Any] | None = None) -> tuple[int, str, str]:
    return shipped.run(f"qdrant.jobs.{program}", bench.config(program), request, HOLDER)


def test_all_programs_do_their_work_one_after_the_other(bench: Bench, shipped: Shipped) -> None:
    for program in ("bootstrap", "configure", "rebalance", "restart"):
        code, said, complaint = _run(program, shipped, bench)
        assert (code, complaint) == (0, ""), said
    bench.cluster.fill("documents", 60)
    before = bench.cluster.points("documents")
    assert _run("snapshot", shipped, bench)[0] == 0
    bench.cluster.collections.clear()
    code, said, complaint = _run("restore", shipped, bench, {"snapshot": "latest"})
    assert (code, complaint) == (0, "")
    assert "restored   collection documents: 60 points" in said
    assert bench.cluster.points("documents") == before
    code, said, complaint = _run("drain", shipped, bench, {"replicas": 2})
    assert code == 1
    assert complaint.startswith("failed     drain: two nodes were asked for")
    assert len(complaint.splitlines()) == 1


def test_a_program_that_is_told_to_stop_lets_go_of_the_lock_and_can_be_run_again(
    filled: Bench, shipped: Shipped
) -> None:
    # One shard only: between two looks at a transfer a program lets two seconds pass.
    filled.cluster.collections["documents"].shards = {0: {1001: Replica("Active", {"a": [1.0, 0.5]})}}
    filled.cluster.stuck = True
    filled.changes = {"stall_seconds": 60, "deadline_seconds": 60}
    lease = f"/apis/coordination.k8s.io/v1/namespaces/{NAMESPACE}/leases/qdrant-operations"
    with shipped.start("qdrant.jobs.rebalance", filled.config("rebalance"), {}, HOLDER) as process:
        end = time.monotonic() + 20
        while not filled.cluster.collections["documents"].moving:
            assert time.monotonic() < end
            time.sleep(0.02)
        assert filled.store.objects[lease]["spec"]["holderIdentity"] == "this-job"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 143
    assert filled.store.objects[lease]["spec"]["holderIdentity"] == ""
    filled.cluster.stuck = False
    code, _, complaint = _run("rebalance", shipped, filled)
    assert (code, complaint) == (0, "")
    assert all(len(peers) == 2 for peers in filled.cluster.holders("documents").values())


def test_a_snapshot_that_is_told_to_stop_leaves_nothing_on_the_nodes_and_no_manifest(
    filled: Bench, shipped: Shipped
) -> None:
    with shipped.start("qdrant.jobs.snapshot", filled.config("snapshot"), {}, HOLDER) as process:

        def stop(_: int, request: Any) -> None:
            if request.method == "GET" and "/snapshots/" in request.path:
                process.send_signal(signal.SIGTERM)

        filled.cluster.on_request = stop
        assert process.wait(20) == 143
    assert filled.cluster.files == {}
    assert [path for path in (filled.archive / "sets").rglob("*") if path.is_file()] == []
    attempt = json.loads((filled.store.record(NAMESPACE, "qdrant-snapshots") or {})["attempt"])
    assert attempt["problem"] == "its pod was ended before it was complete"
