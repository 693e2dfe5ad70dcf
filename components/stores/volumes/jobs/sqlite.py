"""SQLite databases on a volume, copied whole while an application writes."""

from __future__ import annotations

import re
import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.sets import OpenSet
    from components.foundation.jobkit.waiting import Deadline
    from components.stores.volumes.jobs.volume import Volume

HEADER = b"SQLite format 3\0"
COMPANIONS = ("-wal", "-shm", "-journal")
"""Ends of the names of files that belong to a database beside it; the copy has what is in them."""

_LACKING = re.compile(r"(?:no such|unknown) (?P<kind>collation|function)(?: sequence)?: (?P<name>[^()]+)")
"""How SQLite says that a statement needs what only the application has."""

MOST_LACKING = 100

BUSY_SECONDS = 30
"""How long SQLite itself waits for a writer before it says that the database is locked."""


@dataclass(frozen=True)
class Checked:
    """What a look at a copy has found.

    Attributes:
        rows: of each table that could be counted.
        left_out: the checks that were not made, one sentence each, because they need what only the application has.
    """

    rows: Mapping[str, int]
    left_out: tuple[str, ...] = ()


def snapshot(volume: Volume, new: OpenSet, deadline: Deadline) -> dict[str, Checked]:
    """Write every database through SQLite's own backup and other files as they are; return what each copy has.

    Raises:
        JobError: a database is damaged, stays locked, or doesn't fit into the scratch folder.
    """
    files = volume.files()
    databases = {path for path in files if is_database(path)}
    companions = {f"{path}{end}" for path in databases for end in COMPANIONS}
    found: dict[str, Checked] = {}
    for path in files:
        if path in databases:
            found[path.relative_to(volume.root).as_posix()] = _database(volume, path, new, deadline)
        elif str(path) not in companions:
            volume.copy(path, new)
    return found


def counted(found: Mapping[str, Checked]) -> dict[str, int]:
    """Return the rows of all databases, by database and table."""
    return {f"{name}:{table}": count for name, one in found.items() for table, count in one.rows.items()}


def is_database(path: Path) -> bool:
    """Return whether a file begins as SQLite's do; an encrypted one doesn't, and is copied as it is."""
    try:
        with path.open("rb") as file:
            return file.read(len(HEADER)) == HEADER
    except FileNotFoundError:
        return False


def checked(path: Path) -> Checked:
    """Return what a copy has, after a check of the whole file; virtual tables keep their rows in others.

    An index may order by a collation, or a column call a function, that only the application has. SQLite refuses each
    statement that needs one, the check of the whole file first. Pages and rows are checked then, the rest is told.

    Raises:
        JobError: the file is damaged.
    """
    # Immutable: nobody writes a copy, and without it a database in WAL mode would get files beside it.
    with closing(_opened(path, "&immutable=1")) as database:
        try:
            found, missing = _integrity(database)
            if found != ["ok"]:
                # SQLite's words come in lines.
                said = " ".join("; ".join(found).split())
                raise JobError(f"{path.name} is damaged: {said[:300]}. Repair it, or restore an older snapshot.")
            tables = database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
            )
            quoted = {name: name.replace('"', '""') for (name,) in tables}
            rows = {
                name: database.execute(f'SELECT count(*) FROM "{safe}"').fetchone()[0]  # noqa: S608 - quoted above
                for name, safe in quoted.items()
            }
        except sqlite3.Error as error:
            raise JobError(f"{path.name} can't be read by SQLite ({error}).") from None
    left_out = [f"indexes and constraints, which need the application's {' and '.join(missing)}"] if missing else []
    return Checked(rows, tuple(left_out))


def _integrity(database: sqlite3.Connection) -> tuple[list[str], list[str]]:
    """Return what a check of the whole file says, and what only the application has that it would have needed.

    Where something is missing, something else stands in for it, and what is checked doesn't ask it anything: pages, and
    rows by their place. Without it SQLite reads not even these.
    """
    missing: list[str] = []
    while True:
        # Pages alone, once something stands in: indexes would look as if they were in another order.
        check = "quick_check" if missing else "integrity_check"
        try:
            found = [row[0] for row in database.execute(f"PRAGMA {check}(100)")]
        except sqlite3.OperationalError as error:
            lacking = _LACKING.search(str(error))
            if lacking is None or len(missing) == MOST_LACKING:
                raise
            kind, name = lacking["kind"], lacking["name"]
            missing.append(f"{kind} {name}")
            if kind == "collation":
                database.create_collation(name, lambda one, other: (one > other) - (one < other))
            else:
                database.create_function(name, -1, lambda *_: None, deterministic=True)
        else:
            # Columns that such a function fills are empty here.
            judged = [line for line in found if not (missing and line.startswith("NULL value in "))]
            return judged or ["ok"], missing


def _database(volume: Volume, path: Path, new: OpenSet, deadline: Deadline) -> Checked:
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
        found = checked(copy)
        with copy.open("rb") as file:
            new.put(volume.name(path), file)
    return found


def _opened(path: Path, options: str = "") -> sqlite3.Connection:
    # Read-only: the application's database is never written, not even by a checkpoint when we leave.
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro{options}", uri=True, timeout=BUSY_SECONDS)
