"""A Qdrant cluster of any number of nodes that share one state, with the documented answers of version 1.19."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from tests.harness import qdrant_files, qdrant_shards
from tests.harness.json_server import JsonServer
from tests.harness.qdrant_state import LITTLE, Collection, QdrantCluster, host, parts, refusal, result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.harness.json_server import Request
    from tests.harness.qdrant_state import Replica

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

    def _answer(self, request: Request) -> tuple[int, object]:  # noqa: C901, PLR0911, PLR0912 - one for each path
        cluster, (path, query) = self.cluster, parts(request)
        if self.peer in cluster.removed and path[0] == "collections" and path[1:]:
            return refusal(500, f"Service internal error: no address found for peer {self.peer}")
        if _is_proposal(request.method, path) and (why := cluster.unproposable()):
            return refusal(500, why)
        match (request.method, path):
            case ("GET", [""]):
                return 200, {"title": "qdrant - vector search engine", "version": cluster.version}
            case ("GET", ["readyz" | "healthz" | "livez"]):
                unready = self.ordinal in cluster.unready and path[0] == "readyz"
                return (503, "some shards are not ready") if unready else (200, "all shards are ready")
            case ("GET", ["cluster"]):
                return result(self._status())
            case ("DELETE", ["cluster", "peer", peer]):
                return self._remove(int(peer), force=query.get("force") == "true")
            case ("GET", ["collections"]):
                return result({"collections": [{"name": name} for name in cluster.collections]})
            case ("POST", ["collections", "aliases"]):
                return self._alias(request.body["actions"])
            case ("GET", ["aliases"]):
                return result(
                    {"aliases": [{"alias_name": a, "collection_name": c} for a, c in cluster.aliases.items()]}
                )
            case ("GET", ["quotas"]):
                return result(self._quotas())
            case ("PUT", ["quotas"]):
                if 0 in (request.body.get("max_disk_usage_percent"), request.body.get("max_resident_memory_percent")):
                    return refusal(422, "Validation error in JSON body: value 0 invalid, must be from 1 to 100")
                cluster.quotas = request.body
                return result(found=True)
            case (_, ["collections", name, "snapshots", *rest]):
                return qdrant_files.answer(cluster, self.ordinal, request, name, rest, query)
            case (_, ["collections", name, *rest]):
                return self._collection(request, name, rest)
        return 404, ""

    def _status(self) -> dict[str, Any]:
        ours, removed = self.cluster.members, self.peer in self.cluster.removed
        thread = "stopped" if removed else "working"
        if removed or self.ordinal in self.cluster.split:
            ours = {self.peer}
        elif self.cluster.split:
            ours = ours - {self.cluster.peers[ordinal] for ordinal in self.cluster.split}
        # A removed peer goes on naming the leader that it had.
        leader = 0 if self.cluster.leaderless else min(self.cluster.members if removed else ours)
        return {
            "status": "enabled",
            "peer_id": self.peer,
            "peers": {str(peer): {"uri": self.cluster.uri_of(peer)} for peer in sorted(ours)},
            "raft_info": {"term": 3, "commit": 40, "pending_operations": 0, "leader": leader, "is_voter": not removed},
            "consensus_thread_status": {"consensus_thread_status": thread, "last_update": "2026-11-21T08:00:00Z"},
            "message_send_failures": {},
        }

    def _quotas(self) -> dict[str, Any]:
        def usage(peer: int) -> dict[str, int]:
            return {"resident_memory_percent": 20, "disk_usage_percent": self.cluster.disk_usage.get(peer, LITTLE)}

        peers = {
            str(peer): {"exceeded": {"resident_memory": False, "disk_usage": self.cluster.has_exceeded(peer)}}
            | usage(peer)
            for peer in sorted(self.cluster.members)
        }
        return {"config": self.cluster.quotas, "usage": usage(self.peer), "peers": peers}

    def _remove(self, peer: int, *, force: bool) -> tuple[int, object]:
        held = [
            replicas for c in self.cluster.collections.values() for replicas in c.shards.values() if peer in replicas
        ]
        if held and not force:
            return refusal(400, f"Bad request: Cannot remove peer {peer} as there are shards on it")
        for replicas in held:
            replicas.pop(peer)
        for collection in self.cluster.collections.values():
            collection.moving = [one for one in collection.moving if peer not in (one.source, one.target)]
        self.cluster.members.discard(peer)
        self.cluster.removed.append(peer)
        return result(found=True)

    def _alias(self, actions: list[dict[str, Any]]) -> tuple[int, object]:
        for one in (action["create_alias"] for action in actions):
            if one["collection_name"] not in self.cluster.collections:
                return refusal(404, f"Not found: Collection `{one['collection_name']}` doesn't exist!")
            self.cluster.aliases[one["alias_name"]] = one["collection_name"]
        return result(found=True)

    def _collection(self, request: Request, name: str, rest: list[str]) -> tuple[int, object]:  # noqa: C901, PLR0911, PLR0912
        cluster = self.cluster
        if request.method == "PUT" and not rest:
            if name in cluster.aliases:
                return refusal(400, f"Bad request: Alias with the same name already exists: `{name}`")
            if name in cluster.collections:
                return refusal(409, f"Wrong input: Collection `{name}` already exists!")
            cluster.create(name, request.body)
            return result(found=True)
        if request.method == "DELETE" and not rest:
            cluster.aliases = {alias: to for alias, to in cluster.aliases.items() if to != name}
            return result(cluster.collections.pop(name, None) is not None)
        collection = cluster.collections.get(name)
        if collection is None:
            return refusal(404, f"Not found: Collection `{name}` doesn't exist!")
        match (request.method, rest):
            case ("GET", []):
                if not all(map(self._is_reachable, collection.shards.values())):
                    return refusal(500, "Service internal error: The replica set for a shard has no active replica")
                return result({"status": "green", "config": _config(collection), "payload_schema": {}})
            case ("PATCH", []):
                collection.body |= request.body["params"]
                return result(found=True)
            case ("PUT", ["points"]):
                if any(map(cluster.has_exceeded, cluster.members)):
                    return refusal(507, "Insufficient storage: disk usage is over max_disk_usage_percent")
                return result({"status": "completed"})
            case ("POST", ["points", "count"]):
                return result({"count": len(cluster.points(name))})
            case ("GET", ["cluster"]):
                qdrant_shards.advance(cluster, collection)
                return result(qdrant_shards.placement(cluster, self.peer, collection))
            case ("POST", ["cluster"]):
                return qdrant_shards.begin(cluster, name, request.body)
        return 404, ""

    def _is_reachable(self, replicas: Mapping[int, Replica]) -> bool:
        gone = {self.cluster.peers[ordinal] for ordinal in self.cluster.gone}
        return any(replica.state == "Active" and peer not in gone for peer, replica in replicas.items())


def _is_proposal(method: str, path: list[str]) -> bool:
    """Whether the whole cluster has to agree on a request."""
    if path[0] == "collections":
        return method in ("PUT", "DELETE", "PATCH", "POST") and path[2:] in ([], ["cluster"])
    return method == "DELETE" and path[0] == "cluster"


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
            self.servers.append(
                self._stack.enter_context(JsonServer(QdrantNode(self.cluster, ordinal), host=host(ordinal)))
            )
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
