"""What the nodes of the Qdrant stub share: collections, shards, transfers, files.

Transfers get on with every look at the cluster, so that nothing depends on the clock. A snapshot is a file with the
points in it, and an upload does what recover.rs does: what is lost here would be lost there.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.harness.json_server import Request

LOOKS = 6
"""Looks at a collection after which a transfer has ended; all nodes together."""


@dataclass
class Replica:
    """A copy of a shard."""

    state: str = "Active"
    points: dict[str, list[float]] = field(default_factory=dict)


@dataclass
class Moving:
    """A transfer; a move takes the source's copy away in the end."""

    shard: int
    source: int
    target: int
    move: bool
    looks: int = 0


@dataclass
class Collection:
    """A collection with its settings as they were sent, and its shards: replicas by peer."""

    body: dict[str, Any]
    shards: dict[int, dict[int, Replica]]
    moving: list[Moving] = field(default_factory=list)


@dataclass
class QdrantCluster:
    """The state behind all nodes, and the ways in which they can be told to misbehave.

    Attributes:
        peers: peer ids by ordinal.
        gone: ordinals whose nodes hang up on everybody.
        stuck: transfers begin and never get on.
        failing: transfers end without a copy.
        lied_checksum: what nodes say about snapshots instead of the truth.
        truncated: downloads end after so many bytes.
        snapshot_error: what nodes answer when they are to write a snapshot.
        split: peer ids by ordinal that believe in a cluster of their own.
        leaderless: nobody leads.
        late: copies of a collection that an upload creates are active only after it, and so are not declared void.
        looks: how many looks a transfer takes, by all nodes together.
        on_request: called with every request, before it is answered.
    """

    peers: list[int]
    version: str = "1.19.0"
    looks: int = LOOKS
    collections: dict[str, Collection] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    quotas: dict[str, Any] = field(default_factory=lambda: {"enabled": False})
    members: set[int] = field(default_factory=set)
    files: dict[tuple[int, str, str], bytes] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    unready: set[int] = field(default_factory=set)
    split: set[int] = field(default_factory=set)
    leaderless: bool = False
    late: bool = False
    stuck: bool = False
    failing: bool = False
    lied_checksum: str = ""
    truncated: int | None = None
    snapshot_error: str = ""
    removed: list[int] = field(default_factory=list)
    on_request: Callable[[int, Request], None] = lambda _ordinal, _request: None
    guard: threading.RLock = field(default_factory=threading.RLock)
    made: int = 0
    clock: float = 0.0

    def __post_init__(self) -> None:
        self.members |= set(self.peers)

    def create(self, name: str, body: dict[str, Any]) -> None:
        count, copies = body.get("shard_number", 1), body.get("replication_factor", 1)
        peers = sorted(self.members)
        shards = {
            shard: {peers[(shard + copy) % len(peers)]: Replica() for copy in range(min(copies, len(peers)))}
            for shard in range(count)
        }
        self.collections[name] = Collection(body, shards)

    def fill(self, name: str, points: int) -> None:
        """Put points into every copy of the shard to which each belongs."""
        shards = self.collections[name].shards
        for number in range(points):
            for replica in shards[number % len(shards)].values():
                replica.points[f"{name}-{number}"] = [float(number), 0.5]

    def points(self, name: str) -> dict[str, list[float]]:
        """Return what a search over the whole collection would find."""
        found: dict[str, list[float]] = {}
        for replicas in self.collections[name].shards.values():
            for replica in replicas.values():
                if replica.state == "Active":
                    found |= replica.points
                    break
        return found

    def holders(self, name: str) -> dict[int, set[int]]:
        return {shard: set(replicas) for shard, replicas in self.collections[name].shards.items()}

    def advance(self, collection: Collection) -> None:
        """Let what is dead ask for its data, and what moves get on by one look."""
        for shard, replicas in collection.shards.items():
            busy = any(one.shard == shard for one in collection.moving)
            dead = next((peer for peer, replica in replicas.items() if replica.state == "Dead"), None)
            source = next((peer for peer, replica in replicas.items() if replica.state == "Active"), None)
            if dead is not None and source is not None and not busy:
                replicas[dead].state = "Partial"
                collection.moving.append(Moving(shard, source, dead, move=False))
        for one in list(collection.moving):
            one.looks += not self.stuck
            if one.looks >= self.looks:
                self._end(collection, one)

    def _end(self, collection: Collection, one: Moving) -> None:
        collection.moving.remove(one)
        replicas = collection.shards[one.shard]
        if self.failing:
            replicas.pop(one.target)
            return
        replicas[one.target] = Replica("Active", dict(replicas[one.source].points))
        if one.move:
            replicas.pop(one.source)

    def begin(self, name: str, operation: dict[str, Any]) -> tuple[int, object]:
        """Begin one of the operations on shards, with the refusals of the real one."""
        collection, (kind, facts) = self.collections[name], next(iter(operation.items()))
        replicas = collection.shards.get(facts["shard_id"], {})
        if kind == "drop_replica":
            if len([1 for replica in replicas.values() if replica.state == "Active"]) < 2:
                return refusal(400, "Cannot drop the last active replica")
            replicas.pop(facts["peer_id"])
            return result(found=True)
        source, target = facts["from_peer_id"], facts["to_peer_id"]
        if kind == "abort_transfer":
            if not any((one.source, one.target) == (source, target) for one in collection.moving):
                return refusal(404, f"There is no transfer for shard {facts['shard_id']} from {source} to {target}")
            collection.moving = [one for one in collection.moving if (one.source, one.target) != (source, target)]
            replicas.pop(target, None)
            return result(found=True)
        if target in replicas or target not in self.members or source not in replicas:
            return refusal(400, f"Shard {facts['shard_id']} can't go from {source} to {target}")
        replicas[target] = Replica("Partial")
        collection.moving.append(Moving(facts["shard_id"], source, target, move=kind == "move_shard"))
        return result(found=True)

    def recover(self, peer: int, name: str, content: bytes) -> None:
        """Take over every shard of a snapshot with the priority `snapshot`."""
        tree, is_new = json.loads(content), name not in self.collections
        if is_new:
            self.create(name, tree["body"])
        collection = self.collections[name]
        for shard, points in tree["shards"].items():
            replicas = collection.shards[int(shard)]
            others = [other for other, replica in replicas.items() if other != peer and replica.state == "Active"]
            others = [] if is_new and self.late else others
            replicas[peer] = Replica("Active", dict(points))
            surplus = len(others) - (collection.body.get("replication_factor", 1) - 1)
            for number, other in enumerate(others):
                if number < surplus:
                    replicas.pop(other)
                else:
                    replicas[other].state = "Dead"


def result(found: object) -> tuple[int, object]:
    return 200, {"result": found, "status": "ok", "time": 0.001}


def refusal(status: int, why: str) -> tuple[int, object]:
    return status, {"status": {"error": why}, "time": 0.001}


def checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def parts(request: Request) -> tuple[list[str], dict[str, str]]:
    """Return the segments of a path and its query."""
    url = urlsplit(request.path)
    query = {key: values[0] for key, values in parse_qs(url.query).items()}
    return [unquote(part) for part in url.path.strip("/").split("/")], query
