"""Archives of both kinds, and a Kubernetes API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from components.foundation.jobkit.bucket import Bucket
from components.foundation.jobkit.client import Client
from components.foundation.jobkit.folder import Folder
from components.foundation.jobkit.kubernetes import Kubernetes
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_store import KubernetesStore
from tests.harness.kubernetes_stub import TOKEN
from tests.harness.s3_server import REGION, S3, s3, s3_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from components.foundation.jobkit.archive import Archive

__all__ = ["s3", "s3_server"]


@pytest.fixture
def bucket(s3: S3) -> Bucket:
    return Bucket(s3.bucket, "qdrant", REGION, s3.endpoint)


@pytest.fixture(params=["folder", "bucket"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    """Every test that takes it runs on a folder and on a bucket."""
    if request.param == "bucket":
        return request.getfixturevalue("bucket")
    root = tmp_path / "archive"
    root.mkdir()
    return Folder(root)


@pytest.fixture
def api() -> KubernetesStore:
    return KubernetesStore()


@pytest.fixture
def kubernetes(api: KubernetesStore) -> Iterator[Kubernetes]:
    with JsonServer(api) as server:
        yield Kubernetes(Client(endpoint=server.url, authorization=f"Bearer {TOKEN}", pause=0.01))
