"""How fast snapshots and restores of the stores of one process are, beside a plain copy of the same bytes."""

from __future__ import annotations

import io
import shutil
import sqlite3
import time
from contextlib import closing, redirect_stdout
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from components.foundation.jobkit.context import JobContext
from components.foundation.jobkit.folder import Folder
from components.foundation.jobkit.sets import SnapshotSets
from components.stores.chroma.jobs import restore as chroma_restore
from components.stores.chroma.jobs import snapshot as chroma_snapshot
from components.stores.chroma.jobs.config import ChromaJobConfig
from components.stores.volumes.jobs import restore as volume_restore
from components.stores.volumes.jobs import snapshot as volume_snapshot
from components.stores.volumes.jobs.config import VolumeJobConfig
from tests.harness.chroma import serving
from tests.harness.told import told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from components.foundation.jobkit.lock import Lock

DIMENSION = 768
BATCH = 2000
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Figures:
    """What was measured; times in seconds.

    Attributes:
        store: chroma, lancedb or sqlite.
        data_bytes: bytes of the vectors for Chroma, of the files for a volume.
        archive_bytes: what the set takes.
        snapshot_seconds: from the first file to the manifest.
        restore_seconds: with verification, until the counts are compared.
        copy_seconds: of the set's own bytes by shutil, flushed to the disk by nobody.
    """

    store: str
    data_bytes: int
    archive_bytes: int
    snapshot_seconds: float
    restore_seconds: float
    copy_seconds: float


class _Held:
    """A lock that nobody disputes: here only one runs."""

    def check(self) -> None:
        """Say nothing."""


def chroma(megabytes: int, scratch: Path) -> Figures:
    """Measure a Chroma server with so many megabytes of vectors."""
    with serving(scratch / "full") as full, serving(scratch / "empty") as empty:
        collection = full.connect().create_collection("bench")
        count = megabytes * MEGABYTE // (DIMENSION * 4)
        for start in range(0, count, BATCH):
            names = [str(name) for name in range(start, min(start + BATCH, count))]
            collection.add(ids=names, embeddings=_vectors(len(names)), documents=["a note " * 20] * len(names))
        data = count * DIMENSION * 4
        return _measured("chroma", data, scratch, _chroma_job(full.url), _chroma_job(empty.url), _CHROMA)


def lancedb(megabytes: int, scratch: Path) -> Figures:
    """Measure a LanceDB table with so many megabytes of vectors."""
    import lancedb as engine

    source = _folder(scratch / "full")
    vectors = _vectors(megabytes * MEGABYTE // (DIMENSION * 4))
    rows = [{"id": number, "vector": vector} for number, vector in enumerate(vectors)]
    engine.connect(source).create_table("bench", rows)
    return _volume("lancedb", source, scratch)


def sqlite(megabytes: int, scratch: Path) -> Figures:
    """Measure a SQLite database with so many megabytes of rows."""
    source = _folder(scratch / "full")
    with closing(sqlite3.connect(source / "bench.db")) as database:
        database.execute("CREATE TABLE vectors(id INTEGER PRIMARY KEY, vector BLOB)")
        rows = _vectors(megabytes * MEGABYTE // (DIMENSION * 4))
        database.executemany("INSERT INTO vectors(vector) VALUES (?)", [(row.tobytes(),) for row in rows])
        database.commit()
    return _volume("sqlite", source, scratch)


_CHROMA = (chroma_snapshot.export, chroma_restore.bring_back)
_VOLUME = (volume_snapshot.export, volume_restore.bring_back)


def _volume(engine: str, source: Path, scratch: Path) -> Figures:
    target = _folder(scratch / "empty")
    config = told(VolumeJobConfig, "volume-knowledge-snapshots")
    full, empty = (JobContext(replace(config, engine=engine, path=str(root))) for root in (source, target))
    return _measured(engine, _bytes(source), scratch, full, empty, _VOLUME)


def _measured(
    store: str,
    data: int,
    scratch: Path,
    full: JobContext[Any],
    empty: JobContext[Any],
    jobs: tuple[Callable[..., Any], Callable[..., None]],
) -> Figures:
    export, bring_back = jobs
    sets = SnapshotSets(Folder(_folder(scratch / "archive")))
    lock: Lock = _Held()  # pyrefly: ignore - only `check` is asked of it
    with redirect_stdout(io.StringIO()):
        began = time.perf_counter()
        new = sets.begin("bench")
        manifest = new.finish(export(full, new, lock))
        snapshot = time.perf_counter() - began
        began = time.perf_counter()
        bring_back(empty, sets, manifest, lock)
        restore = time.perf_counter() - began
    began = time.perf_counter()
    shutil.copytree(scratch / "archive", scratch / "copy")
    return Figures(store, data, manifest.size, snapshot, restore, time.perf_counter() - began)


def _chroma_job(endpoint: str) -> JobContext[ChromaJobConfig]:
    return JobContext(replace(told(ChromaJobConfig, "chroma-snapshots"), endpoint=endpoint))


def _vectors(count: int) -> Any:
    return np.random.default_rng(3).standard_normal((count, DIMENSION)).astype("f4")


def _folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
