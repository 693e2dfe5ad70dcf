"""Three Qdrant nodes, a Kubernetes API beside them, and an archive in a folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.kubernetes import Kubernetes
from components.foundation.jobkit.lock import Lock
from components.foundation.jobkit.orders import Orders
from components.foundation.jobkit.waiting import Deadline
from components.stores.qdrant.jobs.api import Node
from components.stores.qdrant.jobs.cluster import Cluster
from components.stores.qdrant.jobs.session import Session
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_store import KubernetesStore
from tests.harness.kubernetes_stub import TOKEN
from tests.harness.qdrant_stub import KEY, QdrantCluster, QdrantServers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMESPACE = "vectors"
DOCUMENTS = {
    "vectors": {"size": 2, "distance": "Cosine"},
    "shard_number": 6,
    "replication_factor": 2,
    "quantization_config": {"scalar": {"type": "int8", "always_ram": True}},
}


@dataclass
class Bench:
    """Everything that a job meets, and the ways to run one.

    Attributes:
        changes: what `desired.json` says otherwise.
        away: pods that were taken away, in order.
        worst: how many of them were away at once.
    """

    servers: QdrantServers
    store: KubernetesStore
    api: JsonServer
    folder: Path
    changes: dict[str, Any] = field(default_factory=dict)
    away: list[str] = field(default_factory=list)
    worst: int = 0

    @property
    def cluster(self) -> QdrantCluster:
        return self.servers.cluster

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    def desired(self) -> dict[str, Any]:
        nodes = len(self.servers.servers)
        return {
            "endpoint": self.servers.urls[0],
            "deadlineSeconds": 10,
            "stallSeconds": 0.5,
            "peers": self.servers.urls,
            "nodes": nodes,
            "replication": 2,
            "namespace": NAMESPACE,
            "lock": "vectors-operations",
            "statefulSet": "vectors",
            "bootstrap": {"configMap": "vectors-bootstrap"},
            "removedPeers": {"configMap": "vectors-removed-peers"},
            "certificates": [],
            "collections": {"documents": DOCUMENTS},
            "quotas": {"enabled": True, "max_disk_usage_percent": 85},
            "snapshots": {
                "archive": {"folder": str(self.archive)},
                "record": "vectors-snapshots",
                "retentionSeconds": 86400,
                "count": 2,
            },
            "recordedNodes": "nodes.ballast/qdrant",
            **self.changes,
        }

    def environment(self, request: dict[str, Any] | None = None) -> dict[str, str]:
        """Write what a pod would mount and return its environment."""
        secrets = self.folder / "secrets"
        secrets.mkdir(exist_ok=True)
        (secrets / "api-key").write_text(f"{KEY}\n")
        path = self.folder / "desired.json"
        path.write_text(json.dumps(self.desired()))
        return {
            "BALLAST_DESIRED": str(path),
            "BALLAST_SECRETS": str(secrets),
            "BALLAST_TLS": str(self.folder / "tls"),
            "BALLAST_REQUEST": json.dumps(request or {}),
            "BALLAST_HOLDER": "this-job",
        }

    def session(self, request: dict[str, Any] | None = None, seconds: float = 5.0) -> Session:
        """Return one run with clients that lose no time."""
        orders = Orders.read(self.environment(request))
        session = Session(orders, Deadline.after(seconds, pause=0.005))
        headers = {"api-key": KEY}
        nodes = [Node(Client(endpoint=url, headers=headers, pause=0.01, attempts=2)) for url in self.servers.urls]
        session.__dict__["cluster"] = Cluster(nodes[0], nodes)
        session.__dict__["kubernetes"] = self.kubernetes
        session.__dict__["lock"] = self.lock("this-job")
        return session

    @property
    def kubernetes(self) -> Kubernetes:
        return Kubernetes(Client(endpoint=self.api.url, authorization=f"Bearer {TOKEN}", pause=0.01))

    def lock(self, holder: str) -> Lock:
        return Lock(self.kubernetes, NAMESPACE, "vectors-operations", holder)


@pytest.fixture
def nodes() -> int:
    """How many nodes; tests of other sizes override it by parametrizing."""
    return 3


@pytest.fixture
def bench(nodes: int, tmp_path: Path) -> Iterator[Bench]:
    (tmp_path / "archive").mkdir()
    store = KubernetesStore()
    store.add_stateful_set(NAMESPACE, "vectors", nodes, {"app": "vectors"})
    with QdrantServers.of(nodes) as servers, JsonServer(store) as api:
        yield Bench(servers, store, api, tmp_path)
        store.settle()


@pytest.fixture
def filled(bench: Bench) -> Bench:
    """A cluster with one collection of 120 points and an alias."""
    bench.cluster.create("documents", dict(DOCUMENTS))
    bench.cluster.fill("documents", 120)
    bench.cluster.aliases["current"] = "documents"
    return bench
