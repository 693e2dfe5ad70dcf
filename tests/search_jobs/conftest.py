"""The real cluster, the plugins in front of it, and a Kubernetes API beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from components.search.jobs.client import Client
from components.search.jobs.kubernetes import Kubernetes
from components.search.jobs.orders import Orders
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_stub import TOKEN, KubernetesStub
from tests.harness.opensearch import OpenSearch, opensearch_cluster
from tests.harness.search_plugins import SearchPlugins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["opensearch_cluster"]

PASSWORDS = {"admin": "correct-horse-battery", "automation": "staple-and-then-some", "console": "a-third-one-entirely"}


@pytest.fixture
def cluster(opensearch_cluster: OpenSearch) -> Iterator[OpenSearch]:
    yield opensearch_cluster
    opensearch_cluster.clear()


@pytest.fixture
def plugins(cluster: OpenSearch) -> SearchPlugins:
    return SearchPlugins(backend=cluster.host)


@pytest.fixture
def search(plugins: SearchPlugins) -> Iterator[JsonServer]:
    with JsonServer(plugins) as server:
        yield server


@pytest.fixture
def api() -> KubernetesStub:
    return KubernetesStub()


@pytest.fixture
def kubernetes(api: KubernetesStub) -> Iterator[Kubernetes]:
    with JsonServer(api) as server:
        yield Kubernetes(Client(endpoint=server.url, authorization=f"Bearer {TOKEN}", pause=0.01))


@pytest.fixture
def orders(tmp_path: Path) -> Callable[[dict[str, Any]], Orders]:
    """Orders as a pod would find them on its volumes."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name, password in PASSWORDS.items():
        (secrets / name).write_text(f"{password}\n")

    def write(desired: dict[str, Any]) -> Orders:
        path = tmp_path / "desired.json"
        path.write_text(json.dumps(desired))
        return Orders.read(
            {
                "BALLAST_DESIRED": str(path),
                "BALLAST_SECRETS": str(secrets),
                "BALLAST_TLS": str(tmp_path / "tls"),
            }
        )

    return write
