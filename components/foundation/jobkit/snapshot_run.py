"""What every snapshot and every restore of these stores does around its own work: the lock, the set, the record."""

from __future__ import annotations

import contextlib
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from components.foundation.jobkit import archives, record
from components.foundation.jobkit.config import SnapshotJobConfig
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.sets import SnapshotSets, identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock
    from components.foundation.jobkit.manifest import Manifest
    from components.foundation.jobkit.sets import OpenSet

Config = TypeVar("Config", bound=SnapshotJobConfig)
LATEST = "latest"
MUCH_LARGER = 2
"""Times as many entries in an older set as in the newest: then the newest is restored only by its name."""


@dataclass(frozen=True)
class SnapshotRun(Generic[Config]):
    """One run of a job that fills an archive or restores from it."""

    job: JobContext[Config]

    def snapshot(self, export: Callable[[JobContext[Config], OpenSet, Lock], Mapping[str, Any]]) -> None:
        """Write a set, make it complete, note it, and delete what is past its time.

        A set whose export fails is deleted, and the failure is noted beside the last complete one; so is a run that
        never got the lock.

        Args:
            export: writes the store's files and returns what the manifest says of them, `counts` among it.

        Raises:
            JobError: the lock, the store or the archive failed.
        """
        began, name = time.monotonic(), identifier(datetime.now(tz=UTC))
        try:
            with self.job.lock().held(self.job.deadline) as lock:
                sets = self.sets()
                manifest = self._written(sets, name, export, lock)
                self._note(began, manifest.id, size=manifest.size, counts=manifest.details["counts"])
                sys.stdout.write(f"created    snapshot {manifest.id}: {len(manifest.files)} files, {manifest.size} B\n")
                self._prune(sets, lock)
        except JobError as error:
            self._note(began, name, problem=str(error))
            raise
        except BaseException:
            # A pod that is taken away in the middle must not look as if nothing had been tried.
            self._note(began, name, problem="its pod was ended before it was complete")
            raise

    def restore(
        self,
        bring_back: Callable[[JobContext[Config], SnapshotSets, Manifest, Lock], None],
        begun: Callable[[], str] = str,
    ) -> None:
        """Hand on the set that was asked for, or the newest complete one, while the lock is held.

        Args:
            bring_back: refuses what it can't restore, verifies the files that it needs, and only then changes anything.
            begun: says which set an interrupted restore was bringing back; whoever asks for the latest means that one.

        Raises:
            JobError: there is no such set, it is damaged or of another engine, or the target refused.
        """
        asked = self.job.request.get("snapshot") or LATEST
        if not isinstance(asked, str):
            raise JobError('BALLAST_REQUEST: `snapshot` must be the id of a snapshot or "latest".')
        with self.job.lock().held(self.job.deadline) as lock:
            sets = self.sets()
            if asked == LATEST:
                asked = begun() or LATEST
            manifest = _newest(sets) if asked == LATEST else sets.named(asked)
            bring_back(self.job, sets, manifest, lock)
            sys.stdout.write(f"restored   snapshot {manifest.id} of {manifest.begun.isoformat(timespec='seconds')}\n")

    def sets(self) -> SnapshotSets:
        """Return the sets of the archive."""
        return SnapshotSets(archives.opened(self.job.config.snapshots.archive))

    def _written(
        self,
        sets: SnapshotSets,
        name: str,
        export: Callable[[JobContext[Config], OpenSet, Lock], Mapping[str, Any]],
        lock: Lock,
    ) -> Manifest:
        new = sets.begin(name)
        try:
            details = export(self.job, new, lock)
            lock.check()
            return new.finish(details)
        except BaseException:
            # What the archive says now would hide why the export ended.
            with contextlib.suppress(JobError):
                new.abandon()
            raise

    def _prune(self, sets: SnapshotSets, lock: Lock) -> None:
        target = self.job.config.snapshots
        gone = sets.prune(
            retention_seconds=target.retention_seconds,
            count=target.count,
            now=datetime.now(tz=UTC),
            check=lock.check,
        )
        for name in gone:
            sys.stdout.write(f"deleted    snapshot {name}: past its time\n")

    def _note(
        self, began: float, name: str, *, size: int = 0, counts: Mapping[str, int] | None = None, problem: str = ""
    ) -> None:
        config = self.job.config
        snapshot = record.Snapshot(
            store=config.snapshots.store,
            name=name,
            finished=datetime.now(tz=UTC),
            duration_seconds=round(time.monotonic() - began, 3),
            size_bytes=size,
            complete=not problem,
            problem=problem,
            counts=counts or {},
        )
        try:
            record.write(self.job.kubernetes, config.namespace, config.snapshots.record, snapshot)
        except JobError as error:
            # The snapshot is what it is with or without a note of it; the missing metric raises the alarm.
            sys.stderr.write(f"failed     record {config.snapshots.record}: {error}\n")


def _newest(sets: SnapshotSets) -> Manifest:
    """Return the newest complete set, unless an older one holds so much more that it may be the one that is meant.

    Raises:
        JobError: there is no complete set, or a person has to say which one is meant.
    """
    newest = sets.latest()
    count = _count(newest)
    larger = next((one for one in sets.complete() if _count(one) > MUCH_LARGER * count), None)
    if larger is not None:
        raise JobError(
            f"the newest snapshot {newest.id} holds {count} entries, and {larger.id} of "
            f"{larger.begun.isoformat(timespec='minutes')} holds {_count(larger)}: the newest may have been taken "
            f"after a loss. Nothing was changed. Say which is meant: --snapshot {larger.id} or --snapshot {newest.id}."
        )
    return newest


def _count(manifest: Manifest) -> int:
    return sum(manifest.details.get("counts", {}).values())
