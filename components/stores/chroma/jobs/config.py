"""What the jobs of Chroma are told."""

from __future__ import annotations

from dataclasses import dataclass

from components.foundation.jobkit.config import SnapshotJobConfig


@dataclass(frozen=True, kw_only=True)
class ChromaJobConfig(SnapshotJobConfig):
    """What a snapshot and a restore are told.

    Attributes:
        endpoint: where the server answers.
        tenants: whose databases are copied; the API lists databases of a tenant, but no tenants.
    """

    endpoint: str
    tenants: tuple[str, ...]
