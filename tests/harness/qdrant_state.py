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

LITTLE = 10
"""Percent of a disk that is used where nobody says otherwise."""


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

    @property
    def ends(self) -> tuple[int, int, int]:
        return self.shard, self.source, self.target


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
        addresses: ordinals of peers that are no longer their node.
        disk_usage: percent by peer.
        uploaded: those of `files` that somebody sent.
        by_snapshot: transfers have the method `snapshot`, and their targets are in Recovery.
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
    addresses: dict[int, int] = field(default_factory=dict)
    disk_usage: dict[int, int] = field(default_factory=dict)
    exceeded: set[int] = field(default_factory=set)
    uploaded: set[tuple[int, str, str]] = field(default_factory=set)
    by_snapshot: bool = False
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

    def has_exceeded(self, peer: int) -> bool:
        """Whether a peer is over its disk quota; it stays so until its usage is 5 points lower."""
        limit = self.quotas.get("max_disk_usage_percent") if self.quotas.get("enabled") else None
        usage = self.disk_usage.get(peer, LITTLE)
        if limit is None or usage < limit - self.quotas.get("release_margin_percent", 5):
            self.exceeded.discard(peer)
        elif usage >= limit:
            self.exceeded.add(peer)
        return peer in self.exceeded

    def unproposable(self) -> str:
        """Return why no proposal passes, as the server says after ten seconds; empty where one does."""
        if self.leaderless:
            return "Service internal error: leader is not established within 10s"
        here = [peer for ordinal, peer in enumerate(self.peers) if ordinal not in self.gone and peer in self.members]
        if 2 * len(here) <= len(self.members):
            return "Service internal error: Waiting for consensus operation commit failed. Timeout set at: 10 seconds"
        return ""

    def uri_of(self, peer: int) -> str:
        """Return the address under which a peer joined: that of its pod."""
        ordinal = self.addresses.get(peer, self.peers.index(peer) if peer in self.peers else len(self.peers))
        return f"http://{host(ordinal)}:6335/"

    def join(self, ordinal: int) -> bool:
        """Start a node on an empty volume; refused, and it is gone, while its address's old peer has shards."""
        old = self.peers[ordinal]
        if old in self.members and any(old in r for c in self.collections.values() for r in c.shards.values()):
            self.gone.add(ordinal)
            return False
        self.addresses[old] = ordinal
        self.members.discard(old)
        self.made += 1
        self.peers[ordinal] = 9000 + self.made
        self.members.add(self.peers[ordinal])
        self.gone.discard(ordinal)
        return True

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


def host(ordinal: int) -> str:
    """Return the loopback address of a node, one for each as each pod has a name."""
    return f"127.0.0.{ordinal + 1}"


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
