"""What a restore has begun and not ended, in a ConfigMap: that alone may its rerun replace, and nobody copies it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from components.foundation.jobkit.context import JobContext
    from components.stores.qdrant.jobs.config import SnapshotConfig

KEY = "restore"


@dataclass(frozen=True)
class UnfinishedRestore:
    """A restore that was begun.

    Attributes:
        snapshot: id of the set that it brings back; empty where there is none.
        begun: the collections that may be there in part.
        done: those that are back.
    """

    snapshot: str = ""
    begun: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()

    def extended(self, snapshot: str, names: Iterable[str]) -> UnfinishedRestore:
        """Return the note of a restore that is about to begin; one of the same set goes on with what was noted."""
        known, wished = self if self.snapshot == snapshot else UnfinishedRestore(snapshot), set(names)
        return replace(known, begun=known.begun | wished, done=known.done - wished)

    def after(self, name: str) -> UnfinishedRestore:
        """Return the note once a collection is back."""
        return replace(self, begun=self.begun - {name}, done=self.done | {name})


def read(job: JobContext[SnapshotConfig]) -> UnfinishedRestore:
    """Return the restore that was begun and has not ended."""
    data = job.kubernetes.config_map(job.config.namespace, job.config.unfinished_restore) or {}
    try:
        found = json.loads(data.get(KEY, "{}"))
        return UnfinishedRestore(
            found.get("snapshot", ""), frozenset(found.get("begun", ())), frozenset(found.get("done", ()))
        )
    except (ValueError, AttributeError, TypeError):
        raise JobError(
            f"ConfigMap {job.config.namespace}/{job.config.unfinished_restore} is no note of a restore. Nothing was "
            "changed. Delete it once the collections are as they should be."
        ) from None


def write(job: JobContext[SnapshotConfig], note: UnfinishedRestore) -> None:
    """Write down what is begun and what is done."""
    tree = {"snapshot": note.snapshot, "begun": sorted(note.begun), "done": sorted(note.done)}
    job.kubernetes.write_config_map(job.config.namespace, job.config.unfinished_restore, {KEY: json.dumps(tree)})


def refuse(job: JobContext[SnapshotConfig], snapshot: str = "") -> None:
    """Raise JobError while a restore of another set than the named one has not ended."""
    note = read(job)
    if note.snapshot not in ("", snapshot):
        parts = ", ".join(sorted(note.begun)) or "its aliases"
        raise JobError(
            f"the restore of snapshot {note.snapshot} has not ended: {parts} may be there in part. Nothing was "
            f"changed. End it: ./ballast restore STACK qdrant --snapshot {note.snapshot}; or, to give it up, delete "
            f"ConfigMap {job.config.namespace}/{job.config.unfinished_restore}."
        )
