"""What the jobs of embedded volumes are told."""

from __future__ import annotations

from dataclasses import dataclass

from components.foundation.jobkit.config import SnapshotJobConfig


@dataclass(frozen=True, kw_only=True)
class VolumeJobConfig(SnapshotJobConfig):
    """What a snapshot and a restore are told.

    Attributes:
        engine: lancedb or sqlite.
        path: where the volume is mounted.
    """

    engine: str
    path: str
