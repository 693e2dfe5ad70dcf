"""A Kubernetes API, an archive in a folder, and the jobs as they are shipped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from components.foundation.jobkit.config import FolderArchive, SnapshotTarget
from components.stores.chroma.jobs.config import ChromaJobConfig
from components.stores.volumes.jobs.config import VolumeJobConfig
from tests.harness.bare_job import Shipped, ship
from tests.harness.chroma import ChromaServer, chroma_server
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_store import KubernetesStore
from tests.harness.kubernetes_stub import TOKEN
from tests.harness.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["chroma_server"]

VOLUME = "volume-knowledge"
"""The volume of prod's stack file."""

NOBODY = "http://127.0.0.1:9"
"""An address at which nothing answers."""


@pytest.fixture
def api() -> KubernetesStore:
    return KubernetesStore()


@pytest.fixture
def jobs(api: KubernetesStore, tmp_path: Path) -> Iterator[Shipped]:
    with JsonServer(api) as server:
        yield ship(tmp_path / "shipped", server.url, TOKEN)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of the test's own."""
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


def _here(target: SnapshotTarget, archive: Path) -> SnapshotTarget:
    return replace(target, archive=FolderArchive(folder=str(archive)), retention_seconds=86400, count=2)


@pytest.fixture
def chroma_config(archive: Path, chroma_server: ChromaServer) -> ChromaJobConfig:
    """What the jobs of Chroma are told in prod, but for the server's address, its volume and the archive."""
    config = told(ChromaJobConfig, "chroma-snapshots")
    here = _here(config.snapshots, archive)
    return replace(config, deadline_seconds=20, endpoint=NOBODY, data=str(chroma_server.data), snapshots=here)


@pytest.fixture
def volume_config(archive: Path, volume: Path) -> VolumeJobConfig:
    """What the jobs of a volume are told in prod, but for where it is mounted and the archive."""
    config = told(VolumeJobConfig, f"{VOLUME}-snapshots")
    return replace(config, deadline_seconds=20, path=str(volume), snapshots=_here(config.snapshots, archive))


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
