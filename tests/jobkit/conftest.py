"""Archives of both kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from components.foundation.jobkit.archive import Folder
from components.foundation.jobkit.bucket import Bucket
from tests.harness.s3_server import REGION, S3, s3, s3_server

if TYPE_CHECKING:
    from pathlib import Path

    from components.foundation.jobkit.archive import Archive

__all__ = ["s3", "s3_server"]


@pytest.fixture
def bucket(s3: S3) -> Bucket:
    return Bucket(s3.bucket, "vectors", REGION, s3.endpoint)


@pytest.fixture(params=["folder", "bucket"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    """Every test that takes it runs on a folder and on a bucket."""
    if request.param == "bucket":
        return request.getfixturevalue("bucket")
    root = tmp_path / "archive"
    root.mkdir()
    return Folder(root)
