"""The words of the command line that name a store or a snapshot."""

from __future__ import annotations

from enum import StrEnum

LATEST = "latest"
"""Stands for the newest complete snapshot."""


class ClusteredStore(StrEnum):
    """A store of several nodes, from which nodes can be drained."""

    OPENSEARCH = "opensearch"
    QDRANT = "qdrant"


class StoreName(StrEnum):
    """A store with snapshots; a volume has a name of its own besides."""

    OPENSEARCH = "opensearch"
    QDRANT = "qdrant"
    CHROMA = "chroma"
    VOLUME = "volume"
