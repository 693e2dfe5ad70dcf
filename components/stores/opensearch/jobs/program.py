"""What programs of the OpenSearch cluster begin with, besides the frame of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from components.foundation.jobkit import program
from components.foundation.jobkit.client import Client
from components.foundation.jobkit.config import StoreJobConfig
from components.stores.opensearch.jobs.config import AdministratorConfig

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.foundation.jobkit.context import JobContext

Config = TypeVar("Config", bound=StoreJobConfig)


def run(name: str, kind: type[Config], work: Callable[[JobContext[Config], Client], None]) -> int:
    """Run a job as the cluster's administrator; return the exit code."""
    return program.run(name, kind, lambda job: work(job, administrator(job)))


def administrator(job: JobContext[StoreJobConfig]) -> Client:
    """Return a client that appears as the administrator: with a certificate, or with the user's password.

    Raises:
        JobError: what it takes is not mounted.
    """
    config = job.config
    if not isinstance(config, AdministratorConfig) or config.administrator is None:
        return job.administrator(config.endpoint)
    trust = job.trust(config.endpoint)
    return Client(endpoint=config.endpoint).as_user(config.administrator, job.password(config.administrator), trust)
