"""What every snapshot and every restore of these stores does around its own work: the lock, the set, the record."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit import program, record
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.kubernetes import Kubernetes
from components.foundation.jobkit.lock import Lock
from components.foundation.jobkit.places import from_orders
from components.foundation.jobkit.sets import SnapshotSets, identifier
from components.foundation.jobkit.waiting import Deadline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from components.foundation.jobkit.manifest import Manifest
    from components.foundation.jobkit.orders import Orders
    from components.foundation.jobkit.sets import OpenSet

    Export = Callable[[Orders, OpenSet], Mapping[str, Any]]
    Import = Callable[[Orders, SnapshotSets, Manifest, Lock], None]


@dataclass(frozen=True)
class Attempt:
    """One run of a job.

    Attributes:
        orders: what it was told; `lock`, `record`, `archive`, `retentionSeconds` and `count` are read here.
        kubernetes: where lock and record lie.
        pause: seconds between two looks at a lock that somebody else holds.
    """

    orders: Orders
    kubernetes: Kubernetes
    pause: float = 2.0

    def snapshot(self, export: Export) -> None:
        """Write a set, make it complete, note it, and delete what is past its time.

        A set whose export fails is deleted, and the failure is noted beside the last complete one.

        Raises:
            JobError: the lock, the store or the archive failed.
        """
        began, name = time.monotonic(), identifier(datetime.now(tz=UTC))
        try:
            with self._lock().held(self._deadline()) as lock:
                sets = self._sets()
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

    def restore(self, bring_back: Import) -> None:
        """Verify the set that was asked for, or the newest complete one, and hand it on.

        Raises:
            JobError: there is no such set, it is damaged or of another engine, or the target refused.
        """
        with self._lock().held(self._deadline()) as lock:
            sets = self._sets()
            asked = self.orders.request.get("snapshot")
            manifest = sets.named(asked) if asked else sets.latest()
            sets.verify(manifest)
            bring_back(self.orders, sets, manifest, lock)
            sys.stdout.write(f"restored   snapshot {manifest.id} of {manifest.begun.isoformat(timespec='seconds')}\n")

    def _written(self, sets: SnapshotSets, name: str, export: Export, lock: Lock) -> Manifest:
        new = sets.begin(name)
        try:
            details = export(self.orders, new)
            lock.check()
            return new.finish(details)
        except BaseException:
            # What the archive says now would hide why the export ended.
            with contextlib.suppress(JobError):
                new.abandon()
            raise

    def _prune(self, sets: SnapshotSets, lock: Lock) -> None:
        gone = sets.prune(
            retention_seconds=float(self.orders.desired["retentionSeconds"]),
            count=int(self.orders.desired["count"]),
            now=datetime.now(tz=UTC),
            check=lock.check,
        )
        for name in gone:
            sys.stdout.write(f"deleted    snapshot {name}: past its time\n")

    def _note(
        self, began: float, name: str, *, size: int = 0, counts: Mapping[str, int] | None = None, problem: str = ""
    ) -> None:
        snapshot = record.Snapshot(
            store=self.orders.desired["store"],
            name=name,
            finished=datetime.now(tz=UTC),
            duration_seconds=round(time.monotonic() - began, 3),
            size_bytes=size,
            complete=not problem,
            problem=problem,
            counts=counts or {},
        )
        try:
            record.write(self.kubernetes, self.orders.desired["namespace"], self.orders.desired["record"], snapshot)
        except JobError as error:
            # The snapshot is what it is with or without a note of it; the missing metric raises the alarm.
            sys.stderr.write(f"failed     record {self.orders.desired['record']}: {error}\n")

    def _sets(self) -> SnapshotSets:
        return SnapshotSets(from_orders(self.orders.section("archive")))

    def _lock(self) -> Lock:
        desired = self.orders.desired
        return Lock(self.kubernetes, desired["namespace"], desired["lock"], self.orders.holder)

    def _deadline(self) -> Deadline:
        return Deadline.after(self.orders.deadline_seconds, self.pause)


def run(title: str, act: Callable[[Attempt], None]) -> int:
    """Run a job on what its pod mounts; return the exit code."""
    return program.run(title, lambda orders: act(Attempt(orders, Kubernetes.from_pod(os.environ))))
