"""Takes a snapshot of a volume on which an application keeps LanceDB tables or SQLite databases, while it writes."""

from __future__ import annotations

import sqlite3
import sys
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.snapshot_run import run
from components.foundation.jobkit.waiting import Deadline
from components.stores.volumes.jobs import lancedb, sqlite
from components.stores.volumes.jobs.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.orders import Orders
    from components.foundation.jobkit.sets import OpenSet


def export(orders: Orders, new: OpenSet) -> Mapping[str, Any]:
    """Write the volume's files and return what the manifest says of them.

    Raises:
        JobError: a file can't be read, or the archive refused.
    """
    volume = Volume.of(orders)
    try:
        if volume.engine == "sqlite":
            counts = sqlite.snapshot(volume, new, Deadline.after(orders.deadline_seconds))
        else:
            counts = lancedb.snapshot(volume, new)
    except OSError as error:
        raise JobError(
            f"{error.filename or volume.root}: can't be read ({error.strerror}). "
            "Files of the application must be readable for the group of the job's pod."
        ) from None
    # LanceDB's format carries its version in every file; SQLite's own version made the copy.
    version = sqlite3.sqlite_version if volume.engine == "sqlite" else "in its files"
    for name, count in counts.items():
        sys.stdout.write(f"exported   {name}: {count} {'rows' if volume.engine == 'sqlite' else 'files'}\n")
    return {"engine": volume.engine, "engineVersion": version, "counts": counts}


def main() -> int:
    """Run the job; return the exit code."""
    return run("snapshot of a volume", lambda attempt: attempt.snapshot(export))


if __name__ == "__main__":
    sys.exit(main())
