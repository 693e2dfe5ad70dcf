"""What the jobs of Chroma are told."""

from __future__ import annotations

from dataclasses import dataclass

from components.foundation.jobkit.config import SnapshotJobConfig


@dataclass(frozen=True, kw_only=True)
class ChromaJobConfig(SnapshotJobConfig):
    """What a snapshot and a restore are told.

    Attributes:
        endpoint: where the server answers.
        data: where the server's own volume is mounted, read-only; a snapshot lists its tenants from there.
    """

    endpoint: str
    data: str
