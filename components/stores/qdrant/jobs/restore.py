"""Brings a set of snapshots into a cluster that has none of its collections: `{"snapshot": "latest"}` or an id.

What Qdrant does (1.19, content_manager/snapshots/recover.rs): a node that is given a snapshot of a collection that
does not exist creates it on all nodes with the snapshot's settings and payload indexes; then it takes over every shard
in the file, whether it had a copy of it or not, and with the priority `snapshot` declares the other copies void, which
fetch it again from this node, or drops what exceeds the replication factor. So the number of nodes need not be the same
as it was, and each shard has to be uploaded once only. Between two uploads everything must have come to rest.
Run as `python -m components.stores.qdrant.jobs.restore`.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.program import say
from components.foundation.jobkit.snapshot_run import SnapshotRun
from components.stores.qdrant.jobs.api import SnapshotFile
from components.stores.qdrant.jobs.config import SnapshotConfig
from components.stores.qdrant.jobs.contents import Contents
from components.stores.qdrant.jobs.moves import Mover
from components.stores.qdrant.jobs.program import run

if TYPE_CHECKING:
    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock
    from components.foundation.jobkit.sets import Manifest, SnapshotSets
    from components.stores.qdrant.jobs.cluster import Cluster
    from components.stores.qdrant.jobs.contents import CollectionCopy


def restore(job: JobContext[SnapshotConfig], cluster: Cluster) -> None:
    """Restore what was asked for.

    Raises:
        JobError: refused, with nothing changed; or a step failed, and the sentence says what is half there.
    """

    def bring_back(job: JobContext[SnapshotConfig], sets: SnapshotSets, manifest: Manifest, lock: Lock) -> None:
        contents = _chosen(manifest, job.request.get("collections"))
        _refuse(cluster, manifest, contents)
        files = {file.path for copy in contents.collections.values() for file in copy.peers.values()}
        sets.verify(replace(manifest, files={path: manifest.files[path] for path in sorted(files)}))
        say("verified", f"snapshot {manifest.id}: {len(files)} files")
        Restoration(job, cluster, lock, sets, manifest, contents).run()

    SnapshotRun(job).restore(bring_back)


def _chosen(manifest: Manifest, names: object) -> Contents:
    """Return the contents, reduced to the named collections and their aliases."""
    contents = Contents.read(manifest)
    contents.require_every_shard()
    if names is None:
        names = list(contents.collections)
    if not isinstance(names, list) or not names:
        raise JobError("BALLAST_REQUEST: `collections` must be a list of names, or absent for all.")
    if absent := [str(name) for name in names if name not in contents.collections]:
        there = ", ".join(contents.collections) or "none"
        raise JobError(f"snapshot {manifest.id} has no collection {', '.join(absent)}; it has {there}.")
    aliases = {alias: name for alias, name in contents.aliases.items() if name in names}
    return replace(contents, collections={name: contents.collections[name] for name in names}, aliases=aliases)


def _refuse(cluster: Cluster, manifest: Manifest, contents: Contents) -> None:
    """Raise JobError where the cluster has something that would be overwritten, or could not read the files."""
    if lost := {f.path for c in contents.collections.values() for f in c.peers.values()} - set(manifest.files):
        raise JobError(f"snapshot {manifest.id} names {min(lost)}, which is not among its files. Choose another one.")
    service = cluster.service
    taken = {*service.collections(), *service.aliases()}
    if there := sorted(taken & {*contents.collections, *contents.aliases}):
        raise JobError(
            f"exists already: {', '.join(there)}. Nothing was changed: a restore never overwrites. Restore into a "
            "fresh cluster or name other `collections`; what an interrupted restore left half done is deleted by hand "
            "(DELETE /collections/{name}) before the next one."
        )
    here = service.version()
    if here.split(".")[:2] != contents.version.split(".")[:2]:
        raise JobError(
            f"snapshot {manifest.id} was written by Qdrant {contents.version} and this is {here}. Nothing was changed. "
            "Snapshots are read by the same minor version only: start that one, restore, then upgrade."
        )
    for name, copy in contents.collections.items():
        if copy.config["params"].get("sharding_method") == "custom":
            raise JobError(
                f"collection {name} has shards with keys, which a snapshot does not bring back. Nothing was changed. "
                "Create it with its keys by hand and upload its files, or leave it out of `collections`."
            )


@dataclass(frozen=True)
class Restoration:
    """One run, after everything that could be refused has been looked at."""

    job: JobContext[SnapshotConfig]
    cluster: Cluster
    lock: Lock
    sets: SnapshotSets
    manifest: Manifest
    contents: Contents

    def run(self) -> None:
        """Restore every collection, then the aliases, then compare the counts."""
        cluster = self.cluster
        mover = Mover(cluster, self.lock, self.job.deadline, self.job.config.stall_seconds)
        mover.rest()
        wrong = []
        for name, copy in self.contents.collections.items():
            try:
                self._collection(mover, name, copy)
            except JobError as error:
                raise JobError(
                    f"collection {name} is half restored: {error} Delete it (DELETE /collections/{name}) and run the "
                    "job again for it and for what is not listed above."
                ) from None
            count = cluster.service.count(name)
            if not min(copy.points) <= count <= max(copy.points):
                wrong.append(f"collection {name} has {count} points, the snapshot noted {_noted(copy)}")
            else:
                say("restored", f"collection {name}: {count} points, {_noted(copy)} noted")
        if self.contents.aliases:
            cluster.service.create_aliases(self.contents.aliases)
            say("created", f"aliases {', '.join(sorted(self.contents.aliases))}")
        if wrong:
            raise JobError(f"{'; '.join(wrong)}. Compare with another snapshot before the application writes to it.")
        if self.contents.nodes != len(cluster.nodes):
            say("advice", "the number of nodes is another one than it was: the rebalance job spreads the shards")

    def _collection(self, mover: Mover, name: str, copy: CollectionCopy) -> None:
        cluster = self.cluster
        for file in copy.cover():
            self.lock.check()
            node = cluster.nodes[file.ordinal % len(cluster.nodes)]
            stored = self.manifest.files[file.path]
            about = SnapshotFile(file.path.rpartition("/")[2], stored.size, stored.sha256)
            with self.sets.archive.open(self.manifest.path(file.path)) as source:
                node.restore(name, source, about)
            mover.rest()
            # Qdrant answers when its shards are loaded, and tells the other nodes a moment later that theirs are void:
            # one look could come in between.
            time.sleep(self.job.pause)
            placement = mover.rest().get(name)
            if placement is None or len(placement.shards) != copy.shard_count:
                raise JobError(f"{node.where} took its file, and the collection does not have its shards.")
        self._require_equal_copies(name)

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


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("restore", SnapshotConfig, restore)


if __name__ == "__main__":
    sys.exit(main())
