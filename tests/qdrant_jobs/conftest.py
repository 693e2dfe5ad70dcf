"""Three Qdrant nodes, a Kubernetes API beside them, and an archive in a folder."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.config import FolderArchive
from components.foundation.jobkit.kubernetes import Kubernetes
from components.foundation.jobkit.lock import Lock
from components.stores.qdrant.jobs import config
from components.stores.qdrant.jobs.api import Node
from components.stores.qdrant.jobs.cluster import Cluster
from components.stores.qdrant.jobs.snapshot import snapshot
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_store import KubernetesStore
from tests.harness.kubernetes_stub import TOKEN
from tests.harness.qdrant_stub import KEY, QdrantCluster, QdrantServers
from tests.harness.told import changed, job, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from components.foundation.jobkit.context import JobContext

NAMESPACE = "qdrant"
PROGRAMS: dict[str, tuple[str, type[config.PeersConfig]]] = {
    "bootstrap": ("qdrant-jobs-bootstrap", config.BootstrapConfig),
    "configure": ("qdrant-jobs-configure", config.ConfigureConfig),
    "restart": ("qdrant-jobs-restart", config.RestartConfig),
    "rebalance": ("qdrant-jobs-rebalance", config.RebalanceConfig),
    "drain": ("qdrant-drain", config.DrainConfig),
    "replace": ("qdrant-replace", config.ReplaceConfig),
    "snapshot": ("qdrant-snapshots", config.SnapshotConfig),
    "restore": ("qdrant-restore", config.SnapshotConfig),
}
"""The job that runs a program, and what it is told."""


def documents(**changes: Any) -> dict[str, Any]:
    """Return the body of the collection that the stack file of prod declares: six shards, two copies of each."""
    return {**told(config.ConfigureConfig, "qdrant-jobs-configure").collections["documents"], **changes}


@dataclass
class Bench:
    """Everything that a job meets, and the ways to run one.

    Attributes:
        changes: what jobs are told otherwise than in prod, besides addresses and times.
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

    def config(self, program: str, **changes: Any) -> config.PeersConfig:
        job, kind = PROGRAMS[program]
        found = told(kind, job)
        if isinstance(found, config.SnapshotConfig):
            archive = FolderArchive(folder=str(self.archive))
            changes = {"snapshots": replace(found.snapshots, archive=archive, count=2), **changes}
        urls = self.servers.urls
        here = {"endpoint": urls[0], "peers": tuple(urls), "certificates": ()}
        return changed(found, **{**here, "deadline_seconds": 10, "stall_seconds": 0.5, **changes, **self.changes})

    def job(self, program: str, request: dict[str, Any] | None = None, seconds: float = 5.0) -> JobContext[Any]:
        """Return one run of a program."""
        found = self.config(program, deadline_seconds=seconds)
        about = {"secrets": self._secrets(), "request": request or {}, "holder": "this-job", "pause": 0.005}
        return job(found, self.kubernetes, **about)

    def run(
        self,
        work: Callable[[JobContext[Any], Cluster], None],
        request: dict[str, Any] | None = None,
        seconds: float = 5.0,
    ) -> None:
        """Run a program with clients that lose no time."""
        work(self.job(work.__module__.rpartition(".")[2], request, seconds), self.peers)

    @property
    def peers(self) -> Cluster:
        """Return the nodes as a job sees them."""
        headers = {"api-key": KEY}
        nodes = [Node(Client(endpoint=url, headers=headers, pause=0.01, attempts=2)) for url in self.servers.urls]
        return Cluster(nodes[0], nodes)

    @property
    def kubernetes(self) -> Kubernetes:
        return Kubernetes(Client(endpoint=self.api.url, authorization=f"Bearer {TOKEN}", pause=0.01))

    def lock(self, holder: str) -> Lock:
        return Lock(self.kubernetes, NAMESPACE, "qdrant-operations", holder)

    def _secrets(self) -> Path:
        secrets = self.folder / "secrets"
        secrets.mkdir(exist_ok=True)
        (secrets / "api-key").write_text(f"{KEY}\n")
        return secrets


@pytest.fixture
def nodes() -> int:
    """How many nodes; tests of other sizes override it by parametrizing."""
    return 3


@pytest.fixture
def bench(nodes: int, tmp_path: Path) -> Iterator[Bench]:
    (tmp_path / "archive").mkdir()
    store = KubernetesStore()
    store.add_stateful_set(NAMESPACE, "qdrant", nodes, {"app": "qdrant"})
    with QdrantServers.of(nodes) as servers, JsonServer(store) as api:
        yield Bench(servers, store, api, tmp_path)
        store.settle()


@pytest.fixture
def filled(bench: Bench) -> Bench:
    """A cluster with one collection of 120 points and an alias."""
    bench.cluster.create("documents", documents())
    bench.cluster.fill("documents", 120)
    bench.cluster.aliases["current"] = "documents"
    return bench


@pytest.fixture
def copied(filled: Bench) -> Bench:
    """A cluster of three nodes with two collections, and a complete set of them."""
    filled.cluster.create("notes", documents(shard_number=3, replication_factor=1))
    filled.cluster.fill("notes", 31)
    filled.run(snapshot)
    return filled


@pytest.fixture
def fresh(copied: Bench) -> Iterator[Callable[[int], Bench]]:
    """A cluster of any size, with nothing in it, beside the same archive."""
    opened: list[QdrantServers] = []

    def make(nodes: int) -> Bench:
        servers = QdrantServers.of(nodes)
        servers.cluster.peers = [5001 + ordinal for ordinal in range(nodes)]
        servers.cluster.members = set(servers.cluster.peers)
        opened.append(servers.__enter__())
        return Bench(servers, copied.store, copied.api, copied.folder)

    yield make
    for servers in opened:
        servers.__exit__()
