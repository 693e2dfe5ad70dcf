"""What programs of the vector store begin with, besides the frame of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from components.foundation.jobkit import program
from components.stores.qdrant.jobs.cluster import Cluster
from components.stores.qdrant.jobs.config import PeersConfig

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.foundation.jobkit.context import JobContext

Config = TypeVar("Config", bound=PeersConfig)


def run(name: str, kind: type[Config], work: Callable[[JobContext[Config], Cluster], None]) -> int:
    """Run a job on all nodes of the store; return the exit code."""
    return program.run(name, kind, lambda job: work(job, Cluster.of(job)))
