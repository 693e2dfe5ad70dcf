"""Snapshots and restores of the real engines, beside a plain copy of the same bytes in the same run.

OpenSearch takes and restores its snapshots itself; the others are taken by our jobs. Qdrant is left out: no registry
here has its server, and a stub's speed would say nothing.
"""

from __future__ import annotations

import http.client
import json
import random
import shutil
import tempfile
import time
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from tests.harness import store_bench
from tests.harness.opensearch_processes import Nodes
from tests.harness.store_bench import MEGABYTE, Figures

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES: tuple[tuple[Callable[[int, Path], Figures], int], ...] = (
    (store_bench.lancedb, 300),
    (store_bench.sqlite, 300),
    (store_bench.chroma, 20),
)
"""Megabytes that take some seconds each; Chroma's server takes in a few megabytes per second."""

DOCUMENTS = 60_000
BATCH = 5_000


def show() -> None:
    """Print megabytes of data per second, and each as a share of the plain copy."""
    print(f"{'store':<12}{'data':>8}{'snapshot':>14}{'restore':>14}{'plain copy':>14}{'snapshot/copy':>15}")
    for measure, megabytes in SIZES:
        with tempfile.TemporaryDirectory(prefix="ballast-bench-") as scratch:
            _print(measure(megabytes, Path(scratch)))
    with tempfile.TemporaryDirectory(prefix="ballast-bench-") as scratch:
        _print(opensearch(Path(scratch)))


def opensearch(scratch: Path) -> Figures:
    """Measure one node of OpenSearch with documents of about a kilobyte."""
    roles = {"opensearch-all-a-0": ["cluster_manager", "data", "ingest"]}
    with Nodes(scratch / "nodes", roles, scratch / "repositories") as nodes:
        node = nodes.anyone
        ask = node.ask
        ask("PUT", "/bench", {"settings": {"number_of_replicas": 0}})
        for start in range(0, DOCUMENTS, BATCH):
            _fill(node.host, start)
        ask("POST", "/bench/_forcemerge?max_num_segments=1")
        settings = {"location": str(scratch / "repositories" / "bench"), "max_snapshot_bytes_per_sec": "0",
                    "max_restore_bytes_per_sec": "0"}  # fmt: skip
        ask("PUT", "/_snapshot/bench", {"type": "fs", "settings": settings})
        data = ask("GET", "/bench/_stats/store")["_all"]["primaries"]["store"]["size_in_bytes"]
        began = time.perf_counter()
        ask("PUT", "/_snapshot/bench/one?wait_for_completion=true", {"include_global_state": False})
        snapshot = time.perf_counter() - began
        ask("DELETE", "/bench")
        began = time.perf_counter()
        ask("POST", "/_snapshot/bench/one/_restore?wait_for_completion=true", {"include_global_state": False})
        restore = time.perf_counter() - began
        assert ask("GET", "/bench/_count")["count"] == DOCUMENTS
    stored = sum(path.stat().st_size for path in (scratch / "repositories").rglob("*") if path.is_file())
    began = time.perf_counter()
    shutil.copytree(scratch / "repositories", scratch / "copy")
    return Figures("opensearch", data, stored, snapshot, restore, time.perf_counter() - began)


def _fill(host: str, start: int) -> None:
    lines = []
    chance = random.Random(start)  # noqa: S311 - text that can't be compressed away, the same in every run
    for number in range(start, start + BATCH):
        lines += ['{"index":{}}', json.dumps({"number": number, "text": chance.randbytes(500).hex(" ", 4)})]
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request("POST", "/bench/_bulk", "\n".join(lines) + "\n", {"Content-Type": "application/x-ndjson"})
    answer = connection.getresponse()
    assert answer.status == HTTPStatus.OK, answer.read()
    connection.close()


def _print(figures: Figures) -> None:
    data = figures.data_bytes / MEGABYTE
    copy = figures.archive_bytes / MEGABYTE / figures.copy_seconds
    snapshot, restore = data / figures.snapshot_seconds, data / figures.restore_seconds
    print(
        f"{figures.store:<12}{data:>5.0f} MB{snapshot:>9.0f} MB/s{restore:>9.0f} MB/s{copy:>9.0f} MB/s"
        f"{snapshot / copy:>15.2f}"
    )
