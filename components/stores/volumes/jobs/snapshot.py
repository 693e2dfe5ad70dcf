"""Takes a snapshot of a volume on which an application keeps LanceDB tables or SQLite databases, while it writes."""

from __future__ import annotations

import sqlite3
import sys
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.program import run
from components.foundation.jobkit.snapshot_run import SnapshotRun
from components.stores.volumes.jobs import lancedb, sqlite
from components.stores.volumes.jobs.config import VolumeJobConfig
from components.stores.volumes.jobs.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock
    from components.foundation.jobkit.sets import OpenSet


def export(job: JobContext[VolumeJobConfig], new: OpenSet, _: Lock) -> Mapping[str, Any]:
    """Write the volume's files and return what the manifest says of them.

    Raises:
        JobError: a file can't be read, or the archive refused.
    """
    volume = Volume.of(job.config)
    left_out: list[str] = []
    try:
        if volume.engine == "sqlite":
            found = sqlite.snapshot(volume, new, job.deadline)
            counts = sqlite.counted(found)
            left_out = [f"{name}: {said}" for name, one in found.items() for said in one.left_out]
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
    for said in left_out:
        sys.stdout.write(f"unchecked  {said}\n")
    return {"engine": volume.engine, "engineVersion": version, "counts": counts, "leftOut": left_out}


def main() -> int:
    """Run the job; return the exit code."""
    return run("snapshot of a volume", VolumeJobConfig, lambda job: SnapshotRun(job).snapshot(export))


if __name__ == "__main__":
    sys.exit(main())
