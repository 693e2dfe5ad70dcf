"""Brings the collections of one set back, one after the other.

What Qdrant does (1.19, content_manager/snapshots/recover.rs): a node that is given a snapshot of a collection that
does not exist creates it on all nodes with the snapshot's settings and payload indexes; then it takes over every shard
in the file, whether it had a copy of it or not, and with the priority `snapshot` declares the other copies void, which
fetch it again from this node, or drops what exceeds the replication factor. So the number of nodes need not be the same
as it was, and each shard has to be uploaded once only. Between two uploads everything must have come to rest.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.program import say
from components.stores.qdrant.jobs import unfinished
from components.stores.qdrant.jobs.api import SnapshotFile
from components.stores.qdrant.jobs.moves import Mover
from components.stores.qdrant.jobs.spreading import spread
from components.stores.qdrant.jobs.unfinished import UnfinishedRestore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock
    from components.foundation.jobkit.sets import Manifest, SnapshotSets
    from components.stores.qdrant.jobs.cluster import Cluster
    from components.stores.qdrant.jobs.config import SnapshotConfig
    from components.stores.qdrant.jobs.contents import CollectionCopy, Contents, PeerCopy
    from components.stores.qdrant.jobs.vacancy import Vacancy


@dataclass(frozen=True)
class Restoration:
    """One run, after everything that could be refused has been looked at."""

    job: JobContext[SnapshotConfig]
    cluster: Cluster
    lock: Lock
    sets: SnapshotSets
    manifest: Manifest
    contents: Contents
    vacancy: Vacancy

    def run(self) -> None:
        """Restore every collection, then the aliases, then compare the counts."""
        mover = Mover(self.cluster, self.lock, self.job.deadline, self.job.config.stall_seconds)
        mover.rest()
        missing = self.vacancy.missing()
        for name in self.contents.collections:
            if name not in missing:
                say("unchanged", f"collection {name}: an earlier run has brought it back")
        note = self.vacancy.note.extended(self.manifest.id, missing)
        unfinished.write(self.job, note)
        wrong = []
        for name in missing:
            with self._explained(name):
                wrong += self._collection(mover, name, self.contents.collections[name])
            note = note.after(name)
            unfinished.write(self.job, note)
        if self.contents.aliases:
            self.cluster.service.create_aliases(self.contents.aliases)
            say("created", f"aliases {', '.join(sorted(self.contents.aliases))}")
        if not note.begun:
            unfinished.write(self.job, UnfinishedRestore())
        if wrong:
            raise JobError(f"{'; '.join(wrong)}. Compare with another snapshot before the application writes to it.")

    @contextlib.contextmanager
    def _explained(self, name: str) -> Iterator[None]:
        """Say what is half there, whatever ends the run."""
        again = f"Run the same restore again, with --snapshot {self.manifest.id}: it replaces what this one has begun."
        try:
            yield
        except JobError as error:
            raise JobError(f"collection {name} is half restored: {error} {again}") from None
        except BaseException:
            say("ended", f"collection {name} is half restored. {again}")
            raise

    def _collection(self, mover: Mover, name: str, copy: CollectionCopy) -> list[str]:
        """Bring one collection back and return what is wrong with its count."""
        self._make_room(name)
        for file in copy.cover():
            self._upload(mover, name, copy, file)
        self._require_equal_copies(name)
        count, wrong = self.cluster.service.count(name), []
        if min(copy.points) <= count <= max(copy.points):
            say("restored", f"collection {name}: {count} points, {_noted(copy)} noted")
        else:
            wrong = [f"collection {name} has {count} points, the snapshot noted {_noted(copy)}"]
        spread(mover, self.job.config, name, fewer=True)
        return wrong

    def _make_room(self, name: str) -> None:
        """Delete a collection that may be replaced, after a last look at whether it may."""
        if name not in self.cluster.service.collections():
            return
        self.lock.check()
        why = self.vacancy.why(name)
        if not why:
            raise JobError("somebody has written to it since the restore began. It was left as it is.")
        self.cluster.service.delete_collection(name)
        say("deleted", f"collection {name}: {why}")

    def _upload(self, mover: Mover, name: str, copy: CollectionCopy, file: PeerCopy) -> None:
        self.lock.check()
        node = self.cluster.nodes[file.ordinal % len(self.cluster.nodes)]
        stored = self.manifest.files[file.path]
        about = SnapshotFile(file.path.rpartition("/")[2], stored.size, stored.sha256)
        try:
            with self.sets.archive.open(self.manifest.path(file.path)) as source:
                node.restore(name, source, about)
        finally:
            # What came of the upload matters more than what it left behind.
            with contextlib.suppress(JobError):
                node.clean(name)
        mover.rest()
        # Qdrant answers when its shards are loaded, and tells the other nodes a moment later that theirs are void:
        # one look could come in between.
        time.sleep(self.job.pause)
        placement = mover.rest().get(name)
        if placement is None or len(placement.shards) != copy.shard_count:
            raise JobError(f"{node.where} took its file, and the collection does not have its shards.")

    def _require_equal_copies(self, name: str) -> None:
        """Raise JobError where one copy of a shard is empty and another is not.

        A node that creates the collection waits for the new copies only so long; one that becomes active after that
        is not declared void, and would answer searches with nothing.
        """
        points: dict[int, list[int]] = {}
        for node in self.cluster.nodes:
            for shard, count in node.placement(name).points.items():
                points.setdefault(shard, []).append(count)
        for shard, counts in sorted(points.items()):
            if not min(counts) and max(counts):
                raise JobError(f"a copy of shard {shard} is empty and another has {max(counts)} points.")


def _noted(copy: CollectionCopy) -> str:
    before, after = copy.points
    return str(before) if before == after else f"{before} to {after}"
