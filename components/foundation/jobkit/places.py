"""Which archive a job was told to use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.archive import Archive


def from_orders(section: Mapping[str, str]) -> Archive:
    """Return the archive of `desired.json`: `{"folder": path}` or `{"bucket":, "prefix":, "region":}`.

    Raises:
        JobError: it names neither.
    """
    if "folder" in section:
        return Folder(Path(section["folder"]))
    if "bucket" in section:
        from components.foundation.jobkit.bucket import Bucket  # noqa: PLC0415 - boto3 exists in one image only

        return Bucket(section["bucket"], section.get("prefix", ""), section["region"], section.get("endpoint"))
    raise JobError("desired.json: `archive` names neither a folder nor a bucket.")
