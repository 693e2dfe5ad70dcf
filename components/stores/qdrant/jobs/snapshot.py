"""Copies every collection of every peer, and the aliases, into the archive; Qdrant's own snapshots are of one node.

A set is complete when its manifest is written, which is last. `{"list": true}` lists the sets instead.
Run as `python -m components.stores.qdrant.jobs.snapshot`.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit import record
from components.foundation.jobkit.client import segment
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.places import from_orders
from components.foundation.jobkit.sets import SETS, SnapshotSets, identifier
from components.stores.qdrant.jobs.contents import ENGINE, CollectionCopy, Contents, PeerCopy
from components.stores.qdrant.jobs.session import run, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.sets import Manifest, OpenSet
    from components.stores.qdrant.jobs.api import Node
    from components.stores.qdrant.jobs.cluster import Cluster
    from components.stores.qdrant.jobs.placement import Placement
    from components.stores.qdrant.jobs.session import Session


def snapshot(session: Session) -> None:
    """Take a snapshot, or list those that are there."""
    task = session.orders.section("snapshots")
    sets = SnapshotSets(from_orders(task["archive"]))
    if session.orders.request.get("list"):
        listing(sets, datetime.now(tz=UTC))
        return
    with session.lock.held(session.deadline):
        _attempt(session, sets, task)
        for name in sets.prune(
            retention_seconds=task["retentionSeconds"],
            count=task["count"],
            now=datetime.now(tz=UTC),
            check=session.lock.check,
        ):
            say("pruned", f"snapshot {name}")


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


def _attempt(session: Session, sets: SnapshotSets, task: Mapping[str, Any]) -> None:
    name, began = identifier(datetime.now(tz=UTC)), time.monotonic()
    manifest, problem, counts = None, "", {}
    try:
        manifest, counts = _take(session, sets, name)
    except JobError as error:
        problem = str(error)
        raise
    finally:
        # Also when the pod is taken away: an attempt that vanished would look like none.
        noted = record.Snapshot(
            store=ENGINE,
            name=name,
            finished=datetime.now(tz=UTC),
            duration_seconds=round(time.monotonic() - began, 3),
            size_bytes=manifest.size if manifest else 0,
            complete=manifest is not None,
            problem=problem or ("" if manifest else "the job was ended before it was done"),
            counts=counts,
        )
        record.write(session.kubernetes, session.namespace, task["record"], noted)


def _take(session: Session, sets: SnapshotSets, name: str) -> tuple[Manifest, dict[str, int]]:
    opened = sets.begin(name)
    copier = _Copier(session, opened)
    cluster = session.cluster
    collections: dict[str, CollectionCopy] = {}
    for collection, placement in session.deadline.wait("all shards at rest", cluster.whole).items():
        copy = copier.copy(collection, placement)
        if copy is None:
            say("left out", f"collection {collection}: it was deleted meanwhile")
            continue
        collections[collection] = copy
        say("copied", f"collection {collection}: {copy.points[1]} points from {len(copy.peers)} peers")
    contents = Contents(cluster.service.version(), len(cluster.nodes), collections, cluster.service.aliases())
    contents.require_every_shard()
    manifest = opened.finish(contents.details())
    say("created", f"snapshot {name}: {len(collections)} collections, {manifest.size} bytes")
    return manifest, {collection: copy.points[1] for collection, copy in collections.items()}


@dataclass(frozen=True)
class _Copier:
    """Copies collections of one cluster into one set."""

    session: Session
    opened: OpenSet

    @property
    def cluster(self) -> Cluster:
        return self.session.cluster

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
        after = self.session.time_anew().wait(f"collection {collection} at rest", self.cluster.whole)
        if collection in after and after[collection].shards != before.shards:
            raise JobError(
                f"collection {collection}: its shards were moved while they were copied, so a shard may be in no "
                "file. The set stays without a manifest; run the job again."
            )
        return CollectionCopy(config, len(before.shards), (first, service.count(collection)), peers)

    def _file(self, collection: str, peer: int, node: Node, shards: list[int]) -> PeerCopy:
        self.session.lock.check()
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
                f"{stored.size} bytes with {stored.sha256} arrived. The set stays without a manifest; run the "
                "job again."
            )
        ordinal = self.cluster.nodes.index(node)
        return PeerCopy(ordinal, path, tuple(shards))


def _folder(collection: str) -> str:
    return f"collections/{segment(collection)}"


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("snapshot", snapshot)


if __name__ == "__main__":
    sys.exit(main())
