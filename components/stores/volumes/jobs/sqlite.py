"""SQLite databases on a volume, copied whole while an application writes."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
    from components.foundation.jobkit.sets import OpenSet
    from components.foundation.jobkit.waiting import Deadline
    from components.stores.volumes.jobs.volume import Volume

HEADER = b"SQLite format 3\0"
COMPANIONS = ("-wal", "-shm", "-journal")
"""Ends of the names of files that belong to a database beside it; the copy has what is in them."""

BUSY_SECONDS = 30
"""How long SQLite itself waits for a writer before it says that the database is locked."""


def snapshot(volume: Volume, new: OpenSet, deadline: Deadline) -> dict[str, int]:
    """Write every database through SQLite's own backup and other files as they are; return rows by table.

    Raises:
        JobError: a database is damaged, stays locked, or doesn't fit into the scratch folder.
    """
    files = volume.files()
    databases = {path for path in files if is_database(path)}
    companions = {f"{path}{end}" for path in databases for end in COMPANIONS}
    counts: dict[str, int] = {}
    for path in files:
        if path in databases:
            rows = _database(volume, path, new, deadline)
            counts |= {f"{path.relative_to(volume.root).as_posix()}:{table}": count for table, count in rows.items()}
        elif str(path) not in companions:
            volume.copy(path, new)
    return counts


def is_database(path: Path) -> bool:
    """Return whether a file begins as SQLite's do; an encrypted one doesn't, and is copied as it is."""
    try:
        with path.open("rb") as file:
            return file.read(len(HEADER)) == HEADER
    except FileNotFoundError:
        return False


def rows(path: Path) -> dict[str, int]:
    """Return the rows of each table of a copy, after a check of the whole file; virtual tables keep theirs in others.

    Raises:
        JobError: the file is damaged.
    """
    # Immutable: nobody writes a copy, and without it a database in WAL mode would get files beside it.
    with closing(_opened(path, "&immutable=1")) as database:
        try:
            found = [row[0] for row in database.execute("PRAGMA integrity_check(5)")]
            if found != ["ok"]:
                # SQLite's words come in lines.
                said = " ".join("; ".join(found).split())
                raise JobError(f"{path.name} is damaged: {said[:300]}. Repair it, or restore an older snapshot.")
            tables = database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
            )
            quoted = {name: name.replace('"', '""') for (name,) in tables}
            return {
                name: database.execute(f'SELECT count(*) FROM "{safe}"').fetchone()[0]  # noqa: S608 - quoted above
                for name, safe in quoted.items()
            }
        except sqlite3.Error as error:
            raise JobError(f"{path.name} can't be read by SQLite ({error}).") from None


def _database(volume: Volume, path: Path, new: OpenSet, deadline: Deadline) -> dict[str, int]:
    where = path.relative_to(volume.root).as_posix()

    def still_in_time(*_: object) -> None:
        if time.monotonic() > deadline.end:
            raise JobError(f"{where} was locked for {deadline.seconds:g} s. End what holds a transaction open.")

    with tempfile.TemporaryDirectory(prefix="ballast-") as scratch:
        copy = Path(scratch) / path.name
        try:
            # One step holds one read transaction, so that the copy is the database of one moment.
            with closing(_opened(path)) as source, closing(sqlite3.connect(copy)) as target:
                source.backup(target, pages=-1, progress=still_in_time)
        except sqlite3.Error as error:
            raise JobError(
                f"{where} can't be copied ({error}). It must be readable for the group of the job's pod, "
                f"and the scratch folder {scratch} must have room for it."
            ) from None
        counts = rows(copy)
        with copy.open("rb") as file:
            new.put(volume.name(path), file)
    return counts


def _opened(path: Path, options: str = "") -> sqlite3.Connection:
    # Read-only: the application's database is never written, not even by a checkpoint when we leave.
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro{options}", uri=True, timeout=BUSY_SECONDS)
