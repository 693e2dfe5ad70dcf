"""The programs as a pod runs them: the shipped files alone, in a Python of their own."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.harness.declare import PROJECT
from tests.harness.kubernetes_stub import TOKEN
from tests.harness.qdrant_state import Replica
from tests.qdrant_jobs.conftest import NAMESPACE, PROGRAMS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.qdrant_jobs.conftest import Bench

SHIPPED = ("components/foundation/jobkit", "components/stores/qdrant/jobs")
LARGEST = 900 * 1024
"""A ConfigMap holds 1 MiB, keys and encoding included."""

RUN = "import sys, runpy; sys.path[:0] = '.'; runpy.run_module('components.stores.qdrant.jobs.{}', run_name='__main__')"
# A pod's API server is https at a fixed place; here it is the stub's.
WITH_API = (
    "import sys; sys.path.insert(0, '.')\n"
    "from components.foundation.jobkit.client import Client\n"
    "from components.foundation.jobkit.kubernetes import Kubernetes\n"
    "found = Kubernetes(Client(endpoint='{url}', authorization='Bearer {token}'))\n"
    "Kubernetes.from_pod = classmethod(lambda *_: found)\n"
)


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    root = tmp_path / "shipped"
    for folder in SHIPPED:
        shutil.copytree(PROJECT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def _command(program: str, bench: Bench | None = None) -> list[str]:
    api = "" if bench is None else WITH_API.format(url=bench.api.url, token=TOKEN)
    return [sys.executable, "-I", "-S", "-c", api + RUN.format(program)]


def _run(program: str, shipped: Path, bench: Bench, request: dict[str, Any] | None = None) -> tuple[int, str, str]:
    environment = {"PATH": os.environ["PATH"], **bench.environment(program, request)}
    command = _command(program, bench)
    ended = subprocess.run(
        command, cwd=shipped, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize("module", sorted((PROJECT / SHIPPED[1]).glob("*.py")), ids=lambda path: path.name)
def test_a_module_imports_only_what_is_shipped_with_it(module: Path) -> None:
    names = {
        name
        for node in ast.walk(ast.parse(module.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    ours = ("components.foundation.jobkit", "components.stores.qdrant.jobs")
    assert all(name.startswith(ours) or name.partition(".")[0] in sys.stdlib_module_names for name in names)


def test_the_programs_fit_into_a_config_map() -> None:
    assert 0 < sum(path.stat().st_size for path in (PROJECT / SHIPPED[1]).glob("*.py")) < LARGEST


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_without_a_configuration_says_so_in_one_line(program: str, shipped: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "BALLAST_CONFIG": str(shipped / "absent.json")}
    ended = subprocess.run(
        _command(program), cwd=shipped, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "absent.json: can't be read as JSON" in ended.stderr


def test_all_programs_do_their_work_one_after_the_other(bench: Bench, shipped: Path) -> None:
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


def test_a_program_that_is_told_to_stop_lets_go_of_the_lock_and_can_be_run_again(filled: Bench, shipped: Path) -> None:
    # One shard only: between two looks at a transfer a program lets two seconds pass.
    filled.cluster.collections["documents"].shards = {0: {1001: Replica("Active", {"a": [1.0, 0.5]})}}
    filled.cluster.stuck = True
    filled.changes = {"stall_seconds": 60, "deadline_seconds": 60}
    lease = f"/apis/coordination.k8s.io/v1/namespaces/{NAMESPACE}/leases/vectors-operations"
    environment = {"PATH": os.environ["PATH"], **filled.environment("rebalance")}
    with subprocess.Popen(_command("rebalance", filled), cwd=shipped, env=environment) as process:
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
    filled: Bench, shipped: Path
) -> None:
    environment = {"PATH": os.environ["PATH"], **filled.environment("snapshot")}
    with subprocess.Popen(_command("snapshot", filled), cwd=shipped, env=environment) as process:

        def stop(_: int, request: Any) -> None:
            if request.method == "GET" and "/snapshots/" in request.path:
                process.send_signal(signal.SIGTERM)

        filled.cluster.on_request = stop
        assert process.wait(20) == 143
    assert filled.cluster.files == {}
    assert [path for path in (filled.archive / "sets").rglob("*") if path.is_file()] == []
    attempt = json.loads((filled.store.record(NAMESPACE, "vectors-snapshots") or {})["attempt"])
    assert attempt["problem"] == "its pod was ended before it was complete"
