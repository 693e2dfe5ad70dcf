"""A Kubernetes API, an archive in a folder, and the jobs as they are shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.harness.bare_job import Shipped, ship
from tests.harness.chroma import ChromaServer, chroma_server
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_store import KubernetesStore
from tests.harness.kubernetes_stub import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["chroma_server"]


@pytest.fixture
def api() -> KubernetesStore:
    return KubernetesStore()


@pytest.fixture
def jobs(api: KubernetesStore, tmp_path: Path) -> Iterator[Shipped]:
    with JsonServer(api) as server:
        yield ship(tmp_path / "shipped", server.url, TOKEN)


@pytest.fixture
def desired(tmp_path: Path) -> dict[str, Any]:
    """What jobs of every store are told."""
    (tmp_path / "archive").mkdir()
    return {
        "endpoint": "http://127.0.0.1:9",
        "store": "notes",
        "namespace": "databases",
        "lock": "notes-operations",
        "record": "notes-snapshots",
        "archive": {"folder": str(tmp_path / "archive")},
        "retentionSeconds": 86400,
        "count": 2,
        "deadlineSeconds": 20,
    }


@pytest.fixture
def chroma(chroma_server: ChromaServer) -> Iterator[ChromaServer]:
    """The session's server, empty before and after."""
    yield chroma_server
    client = chroma_server.connect()
    for collection in client.list_collections():
        client.delete_collection(collection.name)


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A volume of an application."""
    root = tmp_path / "volume"
    root.mkdir()
    return root
