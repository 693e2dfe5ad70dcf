"""Brings a set of snapshots back, over nothing that holds a point: `{"snapshot": "latest"}` or an id.

Run as `python -m components.stores.qdrant.jobs.restore`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.program import say
from components.foundation.jobkit.sets import damaged
from components.foundation.jobkit.snapshot_run import SnapshotRun
from components.stores.qdrant.jobs import unfinished
from components.stores.qdrant.jobs.config import SnapshotConfig
from components.stores.qdrant.jobs.contents import Contents
from components.stores.qdrant.jobs.program import run
from components.stores.qdrant.jobs.restoring import Restoration
from components.stores.qdrant.jobs.vacancy import Vacancy

if TYPE_CHECKING:
    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock
    from components.foundation.jobkit.sets import Manifest, SnapshotSets
    from components.stores.qdrant.jobs.cluster import Cluster


def restore(job: JobContext[SnapshotConfig], cluster: Cluster) -> None:
    """Restore what was asked for.

    Raises:
        JobError: refused, with nothing changed; or a step failed, and the sentence says what is half there.
    """

    def bring_back(job: JobContext[SnapshotConfig], sets: SnapshotSets, manifest: Manifest, lock: Lock) -> None:
        unfinished.refuse(job, manifest.id)
        contents = _chosen(manifest, job.request.get("collections"))
        _refuse_what_it_can_not_read(cluster, manifest, contents)
        note = unfinished.read(job).extended(manifest.id, ())
        vacancy = Vacancy(cluster, job.config.collections, note, contents)
        vacancy.require()
        contents = _undamaged(sets, manifest, contents)
        Restoration(job, cluster, lock, sets, manifest, contents, vacancy).run()

    SnapshotRun(job).restore(bring_back, begun=lambda: unfinished.read(job).snapshot)


def _undamaged(sets: SnapshotSets, manifest: Manifest, contents: Contents) -> Contents:
    """Read every file and return the contents without those that are damaged, where the others hold every shard.

    Raises:
        JobError: they don't.
    """
    bad = sets.damage(manifest, sorted(contents.files))
    remaining = contents.without(bad)
    try:
        remaining.require_every_shard()
    except JobError:
        raise damaged(manifest, bad.values()) from None
    for problem in bad.values():
        say("left out", f"{problem}: the other files hold all of its shards")
    say("verified", f"snapshot {manifest.id}: {len(contents.files) - len(bad)} files")
    return remaining


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


def _refuse_what_it_can_not_read(cluster: Cluster, manifest: Manifest, contents: Contents) -> None:
    """Raise JobError where the cluster could not read the files, or not make a collection of them."""
    here = cluster.service.version()
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


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("restore", SnapshotConfig, restore)


if __name__ == "__main__":
    sys.exit(main())
