"""Brings a snapshot back into a Chroma server that has none of its collections.

Asked for with `{"snapshot": id, "collection": name}`, both optional. A collection that exists is never touched: the
restore is refused. Records are written into collections with names of their own, which get the right ones when all are
complete; a run that follows one that was killed deletes those and begins anew. Collections get new internal ids.
"""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.program import run
from components.foundation.jobkit.snapshot_run import SnapshotRun
from components.stores.chroma.jobs.api import Chroma, Database, page_size
from components.stores.chroma.jobs.config import ChromaJobConfig
from components.stores.chroma.jobs.lines import parsed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock
    from components.foundation.jobkit.manifest import Manifest
    from components.foundation.jobkit.sets import SnapshotSets

STAGING = "ballast-restore."
"""Begin of the names of collections that are not complete yet."""


def bring_back(job: JobContext[ChromaJobConfig], sets: SnapshotSets, manifest: Manifest, lock: Lock) -> None:
    """Restore all collections of a set, or the one that was asked for.

    Raises:
        JobError: a collection exists, the set is of another engine, or counts differ afterwards.
    """
    if manifest.details.get("engine") != "chroma":
        raise JobError(f"snapshot {manifest.id} is none of Chroma but of {manifest.details.get('engine')}.")
    sets.verify(manifest)
    wanted = _chosen(manifest, job.request.get("collection"))
    server = Chroma(job.administrator(job.config.endpoint))
    largest = server.largest_batch
    existing = {
        (database.tenant, database.name, one["name"])
        for database in server.databases(sorted({one["tenant"] for one in wanted}))
        for one in server.collections(database)
    }
    taken = [one["name"] for one in wanted if (one["tenant"], one["database"], one["name"]) in existing]
    if taken:
        raise JobError(
            f"{len(taken)} of {len(wanted)} collections exist already: {', '.join(sorted(taken)[:10])}. Nothing was "
            "changed. Restore into an empty server, or ask for a single collection that is missing."
        )
    made = []
    for one in wanted:
        database = Database(one["tenant"], one["database"])
        if (one["tenant"], one["database"], f"{STAGING}{one['name']}") in existing:
            lock.check()
            server.delete(database, f"{STAGING}{one['name']}")
        server.ensure_database(database)
        made.append((database, _fill(server, database, one, sets, manifest, largest), one))
    for database, collection, one in made:
        lock.check()
        server.rename(database, collection, one["name"])
        sys.stdout.write(
            f"created    collection {database.tenant}/{database.name}/{one['name']}: {one['count']} records\n"
        )


def _fill(
    server: Chroma, database: Database, one: Mapping[str, Any], sets: SnapshotSets, manifest: Manifest, largest: int
) -> str:
    """Make a collection under a name of its own and return its id."""
    created = server.create(database, f"{STAGING}{one['name']}", one)
    size = min(page_size(one), largest)
    with sets.archive.open(manifest.path(one["file"])) as source:
        records = parsed(source, one["file"])
        while batch := list(itertools.islice(records, size)):
            server.upsert(database, created, batch)
    count = server.count(database, created)
    if count != one["count"]:
        raise JobError(
            f"collection {one['name']} has {count} records, its snapshot {one['count']}. It stays under the name "
            f"{STAGING}{one['name']}, which the next run replaces."
        )
    return created


def _chosen(manifest: Manifest, name: str | None) -> Sequence[Mapping[str, Any]]:
    collections = manifest.details["collections"]
    if name is None:
        return collections
    chosen = [one for one in collections if name in (one["name"], f"{one['tenant']}/{one['database']}/{one['name']}")]
    if len(chosen) == 1:
        return chosen
    names = ", ".join(f"{one['tenant']}/{one['database']}/{one['name']}" for one in (chosen or collections)[:10])
    what = "is in several databases" if chosen else "is not in it"
    raise JobError(f"snapshot {manifest.id}: collection {name} {what}. Nothing was changed. Name one of: {names}.")


def main() -> int:
    """Run the job; return the exit code."""
    return run("restore of chroma", ChromaJobConfig, lambda job: SnapshotRun(job).restore(bring_back))


if __name__ == "__main__":
    sys.exit(main())
