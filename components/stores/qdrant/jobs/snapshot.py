"""Copies every collection of every peer, and the aliases, into the archive; Qdrant's own snapshots are of one node.

A set is complete when its manifest is written, which is last. `{"list": true}` lists the sets instead.
Run as `python -m components.stores.qdrant.jobs.snapshot`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.client import segment
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.program import say
from components.foundation.jobkit.sets import SETS, SnapshotSets
from components.foundation.jobkit.snapshot_run import SnapshotRun
from components.foundation.jobkit.waiting import Deadline
from components.stores.qdrant.jobs import unfinished
from components.stores.qdrant.jobs.config import SnapshotConfig
from components.stores.qdrant.jobs.contents import CollectionCopy, Contents, PeerCopy
from components.stores.qdrant.jobs.program import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock
    from components.foundation.jobkit.sets import OpenSet
    from components.stores.qdrant.jobs.api import Node
    from components.stores.qdrant.jobs.cluster import Cluster
    from components.stores.qdrant.jobs.placement import Placement


def snapshot(job: JobContext[SnapshotConfig], cluster: Cluster) -> None:
    """Take a snapshot, or list those that are there."""
    if job.request.get("list"):
        listing(SnapshotRun(job).sets(), datetime.now(tz=UTC))
        return
    SnapshotRun(job).snapshot(lambda job, opened, lock: _Copier(job, cluster, opened, lock).export())


def listing(sets: SnapshotSets, now: datetime) -> None:
    """Print every set, newest first, the half-written ones too."""
    complete = {manifest.id: manifest for manifest in sets.complete()}
    names = {path.split("/")[1] for path in sets.archive.names(SETS)}
    for name in sorted(names, reverse=True):
        if name in complete:
            age = (now - complete[name].finished).total_seconds() / 3600
            points = sum(copy.points[1] for copy in Contents.read(complete[name]).collections.values())
            say("complete", f"{name}  {age:.1f} h old  {complete[name].size} bytes  {points} points")
        else:
            say("incomplete", f"{name}  has no manifest and can't be restored")
    if not names:
        say("none", "the archive holds no snapshot")


@dataclass(frozen=True)
class _Copier:
    """Copies collections of one cluster into one set."""

    job: JobContext[SnapshotConfig]
    cluster: Cluster
    opened: OpenSet
    lock: Lock

    def export(self) -> Mapping[str, Any]:
        """Copy everything and return what the manifest says of it."""
        cluster = self.cluster
        unfinished.refuse(self.job)
        collections: dict[str, CollectionCopy] = {}
        for collection, placement in self.job.deadline.wait("all shards at rest", cluster.whole).items():
            copy = self.copy(collection, placement)
            if copy is None:
                say("left out", f"collection {collection}: it was deleted meanwhile")
                continue
            collections[collection] = copy
            say("copied", f"collection {collection}: {copy.points[1]} points from {len(copy.peers)} peers")
        contents = Contents(cluster.service.version(), len(cluster.nodes), collections, cluster.service.aliases())
        contents.require_every_shard()
        return contents.details()

    def copy(self, collection: str, before: Placement) -> CollectionCopy | None:
        """Copy what every peer holds of a collection; None where it was deleted meanwhile."""
        try:
            return self._copy(collection, before)
        except JobError:
            if collection in self.cluster.service.collections():
                raise
            self.opened.drop(_folder(collection))
            return None

    def _copy(self, collection: str, before: Placement) -> CollectionCopy:
        service = self.cluster.service
        config = (service.collection(collection) or {}).get("config")
        if config is None:
            raise JobError(f"collection {collection} is gone.")
        first = service.count(collection)
        peers = {
            peer: self._file(collection, peer, node, before.held_by(peer))
            for peer, node in self.cluster.by_peer().items()
            if before.held_by(peer)
        }
        # The whole time once more: the copies may have taken hours.
        anew = Deadline.after(self.job.config.deadline_seconds, self.job.pause)
        after = anew.wait(f"collection {collection} at rest", self.cluster.whole)
        if collection in after and after[collection].shards != before.shards:
            raise JobError(
                f"collection {collection}: its shards were moved while they were copied, so a shard may be in no "
                "file. Run the job again."
            )
        return CollectionCopy(config, len(before.shards), (first, service.count(collection)), peers)

    def _file(self, collection: str, peer: int, node: Node, shards: list[int]) -> PeerCopy:
        self.lock.check()
        node.clean(collection)
        try:
            made = node.create_snapshot(collection)
        except JobError as error:
            raise JobError(f"collection {collection} could not be copied on {node.where}: {error}") from None
        try:
            path = f"{_folder(collection)}/{peer}/{segment(made.name)}"
            with node.reading(collection, made.name) as source:
                stored = self.opened.put(path, source)
        finally:
            # Ours, and of no use on the node's own disk.
            node.delete_snapshot(collection, made.name)
        if stored.size != made.size or made.sha256 not in (None, stored.sha256):
            raise JobError(
                f"collection {collection}: {node.where} promised {made.size} bytes with the checksum {made.sha256}, "
                f"{stored.size} bytes with {stored.sha256} arrived. Run the job again."
            )
        ordinal = self.cluster.nodes.index(node)
        return PeerCopy(ordinal, path, tuple(shards))


def _folder(collection: str) -> str:
    return f"collections/{segment(collection)}"


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("snapshot", SnapshotConfig, snapshot)


if __name__ == "__main__":
    sys.exit(main())
