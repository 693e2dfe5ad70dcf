"""A Qdrant cluster of any number of nodes that share one state, with the documented answers of version 1.19."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from tests.harness.json_server import JsonServer
from tests.harness.qdrant_state import Collection, Moving, QdrantCluster, checksum, parts, refusal, result

if TYPE_CHECKING:
    from tests.harness.json_server import Request

KEY = "the-key-of-the-vectors"
OPEN = {"/", "/readyz", "/healthz", "/livez"}
BESIDE_PARAMS = ("hnsw_config", "wal_config", "quantization_config", "strict_mode_config")


@dataclass
class QdrantNode:
    """Answers for one ordinal."""

    cluster: QdrantCluster
    ordinal: int

    @property
    def peer(self) -> int:
        return self.cluster.peers[self.ordinal]

    def answer(self, request: Request) -> tuple[int, object] | None:
        self.cluster.on_request(self.ordinal, request)
        if self.ordinal in self.cluster.gone:
            return None
        if request.path not in OPEN and request.headers.get("api-key") != KEY:
            return 401, "Invalid API key or JWT" if "api-key" in request.headers else "Must provide an API key"
        with self.cluster.guard:
            return self._answer(request)

    def _answer(self, request: Request) -> tuple[int, object]:  # noqa: C901, PLR0911 - one for each path
        path, query = parts(request)
        if self.peer in self.cluster.removed and path[0] == "collections" and path[1:]:
            return refusal(500, f"Service internal error: no address found for peer {self.peer}")
        match (request.method, path):
            case ("GET", [""]):
                return 200, {"title": "qdrant - vector search engine", "version": self.cluster.version}
            case ("GET", ["readyz" | "healthz" | "livez"]):
                unready = self.ordinal in self.cluster.unready and path[0] == "readyz"
                return (503, "some shards are not ready") if unready else (200, "all shards are ready")
            case ("GET", ["cluster"]):
                return result(self._status())
            case ("DELETE", ["cluster", "peer", peer]):
                return self._remove(int(peer))
            case ("GET", ["collections"]):
                return result({"collections": [{"name": name} for name in self.cluster.collections]})
            case ("POST", ["collections", "aliases"]):
                for action in request.body["actions"]:
                    one = action["create_alias"]
                    self.cluster.aliases[one["alias_name"]] = one["collection_name"]
                return result(found=True)
            case ("GET", ["aliases"]):
                found = [{"alias_name": a, "collection_name": c} for a, c in self.cluster.aliases.items()]
                return result({"aliases": found})
            case ("GET", ["quotas"]):
                return result({"config": self.cluster.quotas, "usage": {}})
            case ("PUT", ["quotas"]):
                self.cluster.quotas = request.body
                return result(found=True)
            case (_, ["collections", name, *rest]):
                return self._collection(request, name, rest, query)
        return refusal(404, "Not found")

    def _status(self) -> dict[str, Any]:
        ours, removed = self.cluster.members, self.peer in self.cluster.removed
        thread = "stopped" if removed else "working"
        if removed or self.ordinal in self.cluster.split:
            ours = {self.peer}
        elif self.cluster.split:
            ours = ours - {self.cluster.peers[ordinal] for ordinal in self.cluster.split}
        uris = {str(peer): {"uri": f"http://peer-{peer}:6335/"} for peer in sorted(ours)}
        # A removed peer goes on naming the leader that it had.
        leader = 0 if self.cluster.leaderless else min(self.cluster.members if removed else ours)
        return {
            "status": "enabled",
            "peer_id": self.peer,
            "peers": uris,
            "raft_info": {"term": 3, "commit": 40, "pending_operations": 0, "leader": leader, "is_voter": not removed},
            "consensus_thread_status": {"consensus_thread_status": thread, "last_update": "2026-11-21T08:00:00Z"},
            "message_send_failures": {},
        }

    def _remove(self, peer: int) -> tuple[int, object]:
        if any(peer in replicas for c in self.cluster.collections.values() for replicas in c.shards.values()):
            return refusal(400, f"Cannot remove peer {peer} as there are shards on it")
        self.cluster.members.discard(peer)
        self.cluster.removed.append(peer)
        return result(found=True)

    def _collection(  # noqa: PLR0911 - one for each path
        self, request: Request, name: str, rest: list[str], query: dict[str, str]
    ) -> tuple[int, object]:
        if rest == ["snapshots", "upload"]:
            return self._upload(request, name, query)
        if request.method == "PUT" and not rest:
            if name in self.cluster.collections:
                return refusal(409, f"Wrong input: Collection `{name}` already exists!")
            self.cluster.create(name, request.body)
            return result(found=True)
        collection = self.cluster.collections.get(name)
        if collection is None:
            return refusal(404, f"Not found: Collection `{name}` doesn't exist!")
        match (request.method, rest):
            case ("GET", []):
                return result({"status": "green", "config": _config(collection), "payload_schema": {}})
            case ("PATCH", []):
                collection.body |= request.body["params"]
                return result(found=True)
            case ("POST", ["points", "count"]):
                return result({"count": len(self.cluster.points(name))})
            case ("GET", ["cluster"]):
                self.cluster.advance(collection)
                return result(self._placement(collection))
            case ("POST", ["cluster"]):
                return self.cluster.begin(name, request.body)
        return self._snapshots(request, name, rest[1:])

    def _placement(self, collection: Collection) -> dict[str, Any]:
        local = [
            {"shard_id": shard, "points_count": len(replicas[self.peer].points), "state": replicas[self.peer].state}
            for shard, replicas in collection.shards.items()
            if self.peer in replicas
        ]
        remote = [
            {"shard_id": shard, "peer_id": peer, "state": replica.state}
            for shard, replicas in collection.shards.items()
            for peer, replica in replicas.items()
            if peer != self.peer
        ]
        moving = [
            {"shard_id": one.shard, "from": one.source, "to": one.target, "sync": not one.move,
             "comment": self._comment(one) if one.source == self.peer else None}
            for one in collection.moving
        ]  # fmt: skip
        return {
            "peer_id": self.peer,
            "shard_count": len(collection.shards),
            "local_shards": local,
            "remote_shards": remote,
            "shard_transfers": moving,
        }

    def _comment(self, one: Moving) -> str:
        """Return what the source says: its timer runs whether or not records do."""
        self.cluster.clock += 1.25
        records = f"Transferring records ({one.looks * 100}/{self.cluster.looks * 100}), ETA: {self.cluster.clock:.2f}s"
        return f"transferring ({self.cluster.clock:.2f}s) | {records} | read: {self.cluster.clock:.2f}s, send: 0.10s"

    def _snapshots(self, request: Request, name: str, rest: list[str]) -> tuple[int, object]:
        files = self.cluster.files
        if request.method == "POST":
            if self.cluster.snapshot_error:
                return refusal(500, self.cluster.snapshot_error)
            collection = self.cluster.collections[name]
            held = {s: replicas[self.peer].points for s, replicas in collection.shards.items() if self.peer in replicas}
            content = json.dumps({"body": collection.body, "shards": held}).encode()
            self.cluster.made += 1
            file = f"{name}-{self.peer}-{self.cluster.made}.snapshot"
            files[self.ordinal, name, file] = content
            told = self.cluster.lied_checksum or checksum(content)
            return result({"name": file, "size": len(content), "checksum": told})
        if not rest:
            return result([{"name": f, "size": 0} for o, c, f in files if (o, c) == (self.ordinal, name)])
        key = (self.ordinal, name, rest[0])
        if key not in files:
            return refusal(404, f"Not found: Snapshot {rest[0]} not found")
        if request.method == "DELETE":
            del files[key]
            return result(found=True)
        return 200, files[key][: self.cluster.truncated]

    def _upload(self, request: Request, name: str, query: dict[str, str]) -> tuple[int, object]:
        boundary = request.headers["content-type"].partition("boundary=")[2].encode()
        found = re.search(
            rb'name="snapshot"; filename="[^"]+"\r\n.*?\r\n\r\n(.*)\r\n--' + boundary, request.raw, re.DOTALL
        )
        if found is None or query.get("priority") != "snapshot":
            return refusal(400, "no snapshot, or a priority under which the empty replicas win")
        if query.get("checksum") not in (None, checksum(found[1])):
            return refusal(400, f"Checksum mismatch: expected {checksum(found[1])}, actual {query['checksum']}")
        self.cluster.recover(self.peer, name, found[1])
        return result(found=True)


@dataclass
class QdrantServers:
    """The nodes' servers, on loopback.

    Attributes:
        cluster: what they share.
        servers: by ordinal.
    """

    cluster: QdrantCluster
    servers: list[JsonServer] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)

    @classmethod
    def of(cls, nodes: int) -> Self:
        return cls(QdrantCluster([1001 + 100 * ordinal for ordinal in range(nodes)]))

    def __enter__(self) -> Self:
        for ordinal in range(len(self.cluster.peers)):
            self.servers.append(self._stack.enter_context(JsonServer(QdrantNode(self.cluster, ordinal))))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def urls(self) -> list[str]:
        return [server.url for server in self.servers]

    def writes(self) -> list[tuple[str, str]]:
        """Return what was asked of any node that could have changed something."""
        return [
            (method, path)
            for server in self.servers
            for method, path in server.writes()
            if not re.search(r"/points/count$", path)
        ]


def _config(collection: Collection) -> dict[str, Any]:
    """Return the settings as the real one describes them: with its defaults, and in other places."""
    body = collection.body
    beside = {key: body[key] for key in BESIDE_PARAMS if key in body}
    params = {key: value for key, value in body.items() if key not in (*BESIDE_PARAMS, "optimizers_config")}
    defaults = {"shard_number": 1, "replication_factor": 1, "write_consistency_factor": 1, "on_disk_payload": True}
    return {
        "hnsw_config": {"m": 16, "ef_construct": 100},
        "quantization_config": None,
        "optimizer_config": {"flush_interval_sec": 5, **body.get("optimizers_config", {})},
        **beside,
        "params": {**defaults, **params},
    }
