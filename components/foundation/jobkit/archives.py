"""Which archive a job is told to use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from components.foundation.jobkit.config import BucketArchive
from components.foundation.jobkit.folder import Folder

if TYPE_CHECKING:
    from components.foundation.jobkit.archive import Archive
    from components.foundation.jobkit.config import FolderArchive


def opened(archive: FolderArchive | BucketArchive) -> Archive:
    """Return the archive of a job's configuration."""
    if isinstance(archive, BucketArchive):
        from components.foundation.jobkit.bucket import Bucket  # noqa: PLC0415 - boto3 exists in one image only

        return Bucket(archive.bucket, archive.prefix, archive.region, archive.endpoint)
    return Folder(Path(archive.folder))
