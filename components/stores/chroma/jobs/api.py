"""The part of Chroma's REST API, version 2, that snapshots and restores need."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.client import CONFLICT, segment
from components.foundation.jobkit.comparison import covers
from components.foundation.jobkit.errors import JobError, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from components.foundation.jobkit.client import Client

FIELDS = ("embeddings", "documents", "metadatas", "uris")
NUMBERS = 500_000
"""Numbers of embeddings in one request: some 6 MB of JSON, some 20 MB as Python objects."""

LARGEST_PAGE = 1000
LISTED = 100
"""Databases or collections asked for at once."""

LISTINGS = 3
INTERNAL = 500


@dataclass(frozen=True)
class Database:
    """One database of one tenant."""

    tenant: str
    name: str

    @property
    def path(self) -> str:
        """Where its collections are."""
        return f"/api/v2/tenants/{segment(self.tenant)}/databases/{segment(self.name)}/collections"


@dataclass(frozen=True)
class Chroma:
    """One server."""

    client: Client

    @property
    def version(self) -> str:
        """Return the version of its API."""
        return str(self.client.request("GET", "/api/v2/version").body)

    @property
    def largest_batch(self) -> int:
        """Records that it takes at once.

        Raises:
            JobError: it doesn't take embeddings as `packed` gives them.
        """
        limits = self.client.request("GET", "/api/v2/pre-flight-checks").body
        if not limits.get("supports_base64_encoding"):
            raise JobError(f"{self.client.endpoint} takes no embeddings in base64. Restore into a newer Chroma.")
        return int(limits["max_batch_size"])

    def databases(self, tenants: Sequence[str]) -> list[Database]:
        """Return the databases of these tenants; a tenant that doesn't exist has none."""
        found = []
        for tenant in tenants:
            if self.client.get(f"/api/v2/tenants/{segment(tenant)}") is not None:
                names = self._pages(f"/api/v2/tenants/{segment(tenant)}/databases")
                found += [Database(tenant, one["name"]) for one in names]
        return found

    def ensure_database(self, database: Database) -> None:
        """Create a database and its tenant where they don't exist."""
        tenant = f"/api/v2/tenants/{segment(database.tenant)}"
        self.client.request("POST", "/api/v2/tenants", {"name": database.tenant}, accept={CONFLICT})
        self.client.request("POST", f"{tenant}/databases", {"name": database.name}, accept={CONFLICT})

    def collections(self, database: Database) -> list[dict[str, Any]]:
        """Return all collections of a database."""
        return list(self._pages(database.path))

    def create(self, database: Database, name: str, collection: Mapping[str, Any]) -> str:
        """Create an empty collection with the settings of another one and return its id.

        The schema says more than the configuration, but servers before 1.1 know none, refuse both together, and 1.5
        drops the embedding function of one that is otherwise its default. So each is tried and the outcome compared.

        Raises:
            JobError: neither way led to the same configuration; nothing is left.
        """
        wanted = collection["configuration_json"]
        ways: list[dict[str, Any]] = [{"configuration": {key: part for key, part in wanted.items() if part}}]
        if collection.get("schema"):
            ways.insert(0, {"schema": collection["schema"]})
        for way in ways:
            body = {"name": name, "metadata": collection["metadata"], **way}
            created = self.client.request("POST", database.path, body).body
            if covers(created["configuration_json"], wanted):
                return created["id"]
            self.delete(database, name)
        raise JobError(
            f"collection {collection['name']}: the server makes it with another configuration than the snapshot has. "
            "Restore with the version of Chroma that the snapshot was taken of."
        )

    def rename(self, database: Database, collection: str, name: str) -> None:
        """Give a collection, named by its id, another name."""
        self.client.request("PUT", f"{database.path}/{segment(collection)}", {"new_name": name})

    def delete(self, database: Database, name: str) -> None:
        """Delete a collection by its name."""
        self.client.request("DELETE", f"{database.path}/{segment(name)}")

    def count(self, database: Database, collection: str) -> int:
        """Return the number of records."""
        return int(self.client.request("GET", f"{database.path}/{segment(collection)}/count").body)

    def ids(self, database: Database, collection: str) -> list[str]:
        """Return the ids of all records in one answer, so that none is missed because others come and go.

        Raises:
            JobError: the server lists fewer than it counts; a limit of its own would make snapshots incomplete.
        """
        listed: list[str] = []
        least = 0
        for _ in range(LISTINGS):
            before = self.count(database, collection)
            listed = self._records(database, collection, {"include": []})["ids"]
            least = min(before, self.count(database, collection))
            if len(listed) >= least:
                return listed
        raise JobError(
            f"collection {database.name}/{collection} counts {least} records and lists {len(listed)}. "
            "A quota of the server cuts its answers; raise it and run the job again."
        )

    def records(self, database: Database, collection: str, ids: Sequence[str], page: int) -> Iterator[dict[str, Any]]:
        """Yield the records of these ids that still exist, their embeddings packed."""
        for start in range(0, len(ids), page):
            yield from self._page(database, collection, ids[start : start + page])

    def _page(self, database: Database, collection: str, ids: Sequence[str], tries: int = 20) -> list[dict[str, Any]]:
        """Return the records of one page.

        A server that loses a record between its look at the metadata and its look at the vectors answers 500 for the
        whole page; halves of it are asked for then, in the end the single record, which is simply gone by then.
        """
        wanted = {"ids": list(ids), "include": list(FIELDS)}
        try:
            answer = self._records(database, collection, wanted)
        except RequestError as error:
            if error.status != INTERNAL or not tries:
                raise
            middle = (len(ids) + 1) // 2
            halves = (ids[:middle], ids[middle:])
            return [one for half in halves if half for one in self._page(database, collection, half, tries - 1)]
        if answer.get("embeddings"):
            answer["embeddings"] = [None if one is None else packed(one) for one in answer["embeddings"]]
        columns = [answer.get(name) or [None] * len(answer["ids"]) for name in FIELDS]
        rows = zip(answer["ids"], *columns, strict=True)
        return [dict(zip(("ids", *FIELDS), values, strict=True)) for values in rows]

    def upsert(self, database: Database, collection: str, records: Sequence[Mapping[str, Any]]) -> None:
        """Write records as `records` gives them; what is sent twice is there once."""
        body = {name: [one[name] for one in records] for name in ("ids", *FIELDS)}
        self.client.request("POST", f"{database.path}/{segment(collection)}/upsert", body)

    def _records(self, database: Database, collection: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        return self.client.request("POST", f"{database.path}/{segment(collection)}/get", wanted).body

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        offset = 0
        while page := self.client.request("GET", f"{path}?limit={LISTED}&offset={offset}").body:
            yield from page
            offset += len(page)


def page_size(collection: Mapping[str, Any]) -> int:
    """Return how many records of a collection to ask for at once, by the dimension of its embeddings."""
    return max(1, min(LARGEST_PAGE, NUMBERS // (collection.get("dimension") or 1)))


def packed(embedding: Sequence[float]) -> str:
    """Return an embedding as Chroma keeps it, in base64: 32-bit numbers, lowest byte first.

    A third of the size of digits, exact, and the server reads it twice as fast.
    """
    return base64.b64encode(struct.pack(f"<{len(embedding)}f", *embedding)).decode()
