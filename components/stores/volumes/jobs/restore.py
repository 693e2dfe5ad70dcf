"""Brings a snapshot back onto an empty volume; the application that mounts it must not run meanwhile.

Asked for with `{"snapshot": id}`, without it the newest complete one. A volume that holds anything is refused, and
nothing of an application is ever deleted. Files are gathered in a hidden folder of the volume and get their places by
renames at the end, so that a run that was killed can be run again: it begins anew, or ends the renames.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from components.foundation.jobkit.archive import BLOCK
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.program import run
from components.foundation.jobkit.snapshot_run import SnapshotRun
from components.stores.volumes.jobs import lancedb, sqlite
from components.stores.volumes.jobs.config import VolumeJobConfig
from components.stores.volumes.jobs.volume import STAGING, Volume

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock
    from components.foundation.jobkit.manifest import Manifest
    from components.foundation.jobkit.sets import SnapshotSets

READY = "ready"
"""File beside the gathered ones that says which set they are, once all of them are there."""

MASK = 0o007
"""Files belong to the group that the pods of job and application share, and to nobody else."""


def bring_back(job: JobContext[VolumeJobConfig], sets: SnapshotSets, manifest: Manifest, lock: Lock) -> None:
    """Restore all files of a set.

    Raises:
        JobError: the volume isn't empty or full, the set is of another engine, or counts differ.
    """
    volume = Volume.of(job.config)
    if manifest.details.get("engine") != volume.engine:
        raise JobError(f"snapshot {manifest.id} is of {manifest.details.get('engine')}, the volume of {volume.engine}.")
    sets.verify(manifest)
    staging = volume.root / STAGING
    try:
        if not _interrupted(staging, manifest):
            _require_empty(volume)
            # Only copies of what is in the archive can be there: from a run that was killed before it had all.
            shutil.rmtree(staging, ignore_errors=True)
            _gather(staging / "volume", sets, manifest)
            _compare(replace(volume, root=staging / "volume"), manifest.details["counts"])
            (staging / READY).write_text(manifest.id, encoding="utf-8")
        lock.check()
        for entry in sorted((staging / "volume").iterdir()):
            if (volume.root / entry.name).exists():
                raise JobError(f"{volume.root / entry.name} appeared meanwhile and was left as it is. Stop its writer.")
            entry.rename(volume.root / entry.name)
        shutil.rmtree(staging)
    except OSError as error:
        what = "is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else f"can't be written ({error.strerror})"
        raise JobError(
            f"the volume at {volume.root} {what}. It needs {manifest.size} bytes and must be writable for the group "
            "of the job's pod; run the job again then."
        ) from None


def _interrupted(staging: Path, manifest: Manifest) -> bool:
    """Return whether an earlier run had gathered this very set and was killed among its renames."""
    with contextlib.suppress(FileNotFoundError):
        ready = (staging / READY).read_text(encoding="utf-8")
        if ready != manifest.id:
            raise JobError(f"a restore of snapshot {ready} was interrupted at its end. Run that one again first.")
        return True
    return False


def _require_empty(volume: Volume) -> None:
    there = volume.entries()
    if there:
        raise JobError(
            f"the volume at {volume.root} is not empty: it holds {', '.join(there[:5])}"
            f"{f' and {len(there) - 5} more' if len(there) > 5 else ''}. Nothing was changed. "  # noqa: PLR2004 - as above
            "Restore onto an empty volume, or move away by hand what is there."
        )


def _gather(target: Path, sets: SnapshotSets, manifest: Manifest) -> None:
    os.umask(MASK)
    target.mkdir(parents=True)
    for file in manifest.files:
        place = target / file.removeprefix("volume/")
        place.parent.mkdir(parents=True, exist_ok=True)
        with sets.archive.open(manifest.path(file)) as source, place.open("xb") as copy:
            while block := source.read(BLOCK):
                copy.write(block)
            copy.flush()
            os.fsync(copy.fileno())


def _compare(volume: Volume, counts: Mapping[str, int]) -> None:
    """Count what is there now: rows for SQLite, files for LanceDB."""
    if volume.engine == "lancedb":
        found = {table: lancedb.files_of(volume, table) for table in counts}
    else:
        databases = [path for path in volume.files() if sqlite.is_database(path)]
        found = sqlite.counted({path.relative_to(volume.root).as_posix(): sqlite.checked(path) for path in databases})
    different = sorted(name for name in {*counts, *found} if counts.get(name) != found.get(name))
    if different:
        shown = ", ".join(f"{name}: {found.get(name)} for {counts.get(name)}" for name in different[:5])
        raise JobError(f"{len(different)} counts differ from the snapshot's ({shown}). Nothing was put in its place.")
    for name, count in found.items():
        sys.stdout.write(f"compared   {name}: {count}\n")


def main() -> int:
    """Run the job; return the exit code."""
    return run("restore of a volume", VolumeJobConfig, lambda job: SnapshotRun(job).restore(bring_back))


if __name__ == "__main__":
    sys.exit(main())
