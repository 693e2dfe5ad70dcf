"""What programs of the OpenSearch cluster begin with, besides the frame of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from components.foundation.jobkit import program
from components.foundation.jobkit.config import StoreJobConfig

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.foundation.jobkit.client import Client
    from components.foundation.jobkit.context import JobContext

Config = TypeVar("Config", bound=StoreJobConfig)


def run(name: str, kind: type[Config], work: Callable[[JobContext[Config], Client], None]) -> int:
    """Run a job as the cluster's administrator; return the exit code."""
    return program.run(name, kind, lambda job: work(job, job.administrator(job.config.endpoint)))
