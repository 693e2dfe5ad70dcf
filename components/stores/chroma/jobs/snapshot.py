"""Takes a snapshot of a Chroma server through its API: every collection of every tenant, record by record.

Not its files: a running server keeps rows in SQLite and vectors in segments that it writes at moments of its own, and
nothing outside of it can stop both at one moment. What the API hands out can be restored into another version, too.

The ids of a collection are listed in one answer, then read in pages. A record is in the snapshot if it existed when the
ids were listed and still did when its page was read; each one is whole, and records of different pages may be seconds
apart. Embeddings come back bit by bit, but for collections with cosine distance: there Chroma itself keeps directions
and lengths apart and hands out their product, which is off by a rounding. The ids are held in memory: some 150 MB for a
million of them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from components.foundation.jobkit.client import NOT_FOUND
from components.foundation.jobkit.errors import RequestError
from components.foundation.jobkit.program import run
from components.foundation.jobkit.snapshot_run import SnapshotRun
from components.stores.chroma.jobs.api import Chroma, Database, page_size
from components.stores.chroma.jobs.config import ChromaJobConfig
from components.stores.chroma.jobs.lines import Lines
from components.stores.chroma.jobs.restore import STAGING
from components.stores.chroma.jobs.tenants import tenants

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock
    from components.foundation.jobkit.sets import OpenSet

KEPT = ("name", "metadata", "configuration_json", "schema", "dimension")
"""What a collection is but for its records; its id belongs to one server."""


def export(job: JobContext[ChromaJobConfig], new: OpenSet, _: Lock) -> Mapping[str, Any]:
    """Write every collection as a file and return what the manifest says of them.

    Raises:
        JobError: the server or the archive refused.
    """
    server = Chroma(job.administrator(job.config.endpoint))
    collections = []
    for database in server.databases(tenants(job.config.data)):
        for collection in server.collections(database):
            if collection["name"].startswith(STAGING):
                continue
            file = f"collections/{len(collections):05d}.jsonl.gz"
            title = f"{database.tenant}/{database.name}/{collection['name']}"
            count = _collection(server, database, collection, new, file)
            if count is None:
                sys.stdout.write(f"left       collection {title}: it was deleted meanwhile\n")
                continue
            sys.stdout.write(f"exported   collection {title}: {count} records\n")
            kept = {key: collection.get(key) for key in KEPT}
            collections.append(
                {"file": file, "tenant": database.tenant, "database": database.name, "count": count, **kept}
            )
    return {
        "engine": "chroma",
        "engineVersion": server.version,
        "collections": collections,
        "counts": {f"{one['tenant']}/{one['database']}/{one['name']}": one["count"] for one in collections},
    }


def _collection(
    server: Chroma, database: Database, collection: Mapping[str, Any], new: OpenSet, file: str
) -> int | None:
    """Write one collection and return how many records it had; None if it doesn't exist any more."""
    try:
        ids = server.ids(database, collection["id"])
        lines = Lines(server.records(database, collection["id"], ids, page_size(collection)))
        new.put(file, cast("BinaryIO", lines))
    except RequestError as error:
        # Only a list without the name proves it: 404 from anything between here and the server would, too.
        if error.status != NOT_FOUND or any(one["id"] == collection["id"] for one in server.collections(database)):
            raise
        return None
    return lines.count


def main() -> int:
    """Run the job; return the exit code."""
    return run("snapshot of chroma", ChromaJobConfig, lambda job: SnapshotRun(job).snapshot(export))


if __name__ == "__main__":
    sys.exit(main())
