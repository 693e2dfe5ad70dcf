"""What the jobs ask of one Qdrant node, in plain words; every answer is read here and nowhere else.

Shapes are those of Qdrant 1.19's OpenAPI description (docs/redoc/master/openapi.json).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from components.foundation.jobkit import transfer
from components.foundation.jobkit.client import CONFLICT, FIRST_ERROR, segment
from components.foundation.jobkit.errors import JobError, RequestError, UnreachableError
from components.foundation.jobkit.program import say
from components.stores.qdrant.jobs.placement import Placement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.foundation.jobkit.client import Client

LONGEST = 3600.0
"""Seconds that one answer about a snapshot may take: Qdrant answers when the file is written, or read."""


@dataclass(frozen=True)
class View:
    """How one node sees the consensus.

    Attributes:
        peer: its own id.
        peers: every peer that it counts, itself included.
        leader: the peer that leads, or None while there is none (Qdrant writes 0).
        votes: whether it takes part in the consensus; a removed peer that still runs doesn't.
        trouble: why its consensus thread does nothing; empty while it works.
    """

    peer: int
    peers: frozenset[int]
    leader: int | None
    votes: bool
    trouble: str

    @property
    def is_removed(self) -> bool:
        """Whether it was taken out of the consensus and still runs: it counts nobody but itself and has no vote."""
        return not self.votes and bool(self.trouble) and self.peers <= {self.peer}


@dataclass(frozen=True)
class SnapshotFile:
    """A snapshot on a node's disk: its name, size in bytes and SHA-256, which Qdrant may not know."""

    name: str
    size: int
    sha256: str | None


@dataclass(frozen=True)
class Node:
    """One Qdrant node, or the Service before all of them."""

    client: Client

    @property
    def where(self) -> str:
        """Its address, for messages."""
        return self.client.endpoint

    def impatient(self) -> Node:
        """Return the same node for loops that do their own waiting."""
        return Node(self.client.impatient())

    def view(self) -> View:
        """Return how the node sees the consensus.

        Raises:
            JobError: it runs without cluster mode.
        """
        found = self._result("/cluster")
        if found.get("status") != "enabled":
            raise JobError(f"{self.where} runs without cluster mode. Set `cluster.enabled` in its configuration.")
        thread = found["consensus_thread_status"]
        status = thread["consensus_thread_status"]
        trouble = "" if status == "working" else f"{status} {thread.get('err', '')}".strip()
        peers = frozenset(int(peer) for peer in found["peers"])
        raft = found["raft_info"]
        return View(found["peer_id"], peers, raft.get("leader") or None, raft.get("is_voter", True), trouble)

    def is_ready(self) -> bool:
        """Return whether the node says that it has joined and loaded its shards."""
        return self.client.impatient().request("GET", "/readyz", accept=range(400, 600)).status < FIRST_ERROR

    def version(self) -> str:
        """Return the version of Qdrant."""
        return self.client.request("GET", "/").body["version"]

    def collections(self) -> list[str]:
        """Return the names of all collections, sorted."""
        return sorted(entry["name"] for entry in self._result("/collections")["collections"])

    def collection(self, name: str) -> dict[str, Any] | None:
        """Return configuration and state of a collection, or None where there is none."""
        found = self.client.get(_collection(name))
        return None if found is None else found["result"]

    def create_collection(self, name: str, body: Mapping[str, Any]) -> bool:
        """Create a collection; False where one of that name exists, such as after an answer that was lost."""
        answer = self.client.request("PUT", _collection(name), dict(body), accept={CONFLICT})
        return answer.status != CONFLICT

    def delete_collection(self, name: str) -> None:
        """Delete a collection and its aliases; one that is already gone is no error."""
        self.client.request("DELETE", _collection(name))

    def set_replication(self, name: str, copies: int, consistency: int) -> None:
        """Change how many copies a collection is meant to have, and how many must have taken a write.

        Open-source Qdrant makes no copy by that.
        """
        params = {"replication_factor": copies, "write_consistency_factor": consistency}
        self.client.request("PATCH", _collection(name), {"params": params})

    def placement(self, collection: str) -> Placement:
        """Return which peer holds which shard of a collection, and what is moving."""
        return Placement.read(self._result(f"{_collection(collection)}/cluster"))

    def count(self, collection: str) -> int:
        """Return the exact number of points; what `GET /collections/{name}` says is an estimate."""
        answer = self.client.request("POST", f"{_collection(collection)}/points/count", {"exact": True})
        return answer.body["result"]["count"]

    def change(self, collection: str, operation: str, **facts: object) -> None:
        """Ask for one of move_shard, replicate_shard, drop_replica, abort_transfer; it begins when this returns."""
        self.client.impatient().request("POST", f"{_collection(collection)}/cluster", {operation: facts})

    def remove_peer(self, peer: int) -> None:
        """Take a peer out of the consensus; Qdrant refuses while it holds a shard, and no force is used."""
        self.client.impatient().request("DELETE", f"/cluster/peer/{peer}")

    def aliases(self) -> dict[str, str]:
        """Return the collection behind each alias."""
        return {entry["alias_name"]: entry["collection_name"] for entry in self._result("/aliases")["aliases"]}

    def create_aliases(self, aliases: Mapping[str, str]) -> None:
        """Create aliases in one step."""
        actions = [
            {"create_alias": {"alias_name": alias, "collection_name": collection}}
            for alias, collection in sorted(aliases.items())
        ]
        self.client.request("POST", "/collections/aliases", {"actions": actions})

    def quotas(self) -> dict[str, Any]:
        """Return the limits that the cluster enforces."""
        return self._result("/quotas")["config"]

    def set_quotas(self, quotas: Mapping[str, Any]) -> None:
        """Replace the limits on all nodes."""
        self.client.request("PUT", "/quotas?wait=true", dict(quotas))

    def create_snapshot(self, collection: str) -> SnapshotFile:
        """Let the node write what it holds of a collection into one file; asked once only."""
        asked = replace(self.client, attempts=1, timeout=LONGEST)
        found = asked.request("POST", f"{_collection(collection)}/snapshots?wait=true").body["result"]
        return SnapshotFile(found["name"], found["size"], found.get("checksum"))

    def delete_snapshot(self, collection: str, name: str) -> None:
        """Delete a snapshot on the node's disk; one that is already gone is no error."""
        path = f"{_collection(collection)}/snapshots/{segment(name)}?wait=true"
        self.client.request("DELETE", path, accept={404})

    def clean(self, collection: str) -> None:
        """Delete every snapshot of a collection on the node's disk.

        What is sent to it and what is made for somebody who has hung up stays there for ever otherwise. The disk is
        there for the jobs alone, and no name tells whose a file is.
        """
        found = self.client.get(f"{_collection(collection)}/snapshots")
        for name in sorted(one["name"] for one in (found or {"result": []})["result"]):
            self.delete_snapshot(collection, name)
            say("cleaned", f"{self.where}: {name} of collection {collection}, which was left on its disk")

    @contextlib.contextmanager
    def reading(self, collection: str, name: str) -> Iterator[BinaryIO]:
        """Open a snapshot for reading as it comes over the network.

        Raises:
            RequestError: the node refused.
            UnreachableError: the connection broke.
        """
        path = f"{_collection(collection)}/snapshots/{segment(name)}"
        connection = self.client.connection()
        try:
            connection.request("GET", path, headers=self.client.identification())
            response = connection.getresponse()
            if response.status >= FIRST_ERROR:
                raise RequestError("GET", path, response.status, response.read(300).decode(errors="replace"))
            yield cast("BinaryIO", response)
        except (OSError, HTTPException) as error:
            raise UnreachableError(f"GET {self.where}{path} broke off: {error}") from None
        finally:
            connection.close()

    def restore(self, collection: str, source: BinaryIO, file: SnapshotFile) -> None:
        """Give the node a snapshot that is the truth for every shard in it; answers when the shards are loaded.

        With any other priority the empty replicas of a fresh cluster would win over the snapshot.
        """
        path = f"{_collection(collection)}/snapshots/upload?priority=snapshot&wait=true&checksum={file.sha256}"
        transfer.upload(replace(self.client, timeout=LONGEST), path, source, file.size, file.name)

    def _result(self, path: str) -> Any:  # noqa: ANN401 - JSON
        return self.client.request("GET", path).body["result"]


def _collection(name: str) -> str:
    return f"/collections/{segment(name)}"
