"""Writes down that a cluster has been formed, once, so that no empty volume can ever form a second one.

The record is a ConfigMap. While it is absent nodes may form a cluster; once it exists they only join.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from components.foundation.jobkit.program import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.config import BootstrapConfig
    from components.foundation.jobkit.context import JobContext


class Formation(Protocol):
    """What a store says of the cluster that its nodes form."""

    def look(self) -> None:
        """Find out who the cluster is; raise NotYetError while the node that answers belongs to none."""

    def complete(self) -> dict[str, str]:
        """Wait for the first formation and return what the record shall say, who the cluster is first of all."""

    def compare(self, record: Mapping[str, str], where: str) -> None:
        """Raise JobError where a record names another cluster."""


def record_formation(job: JobContext[BootstrapConfig], formation: Formation) -> None:
    """Wait for the first formation and write the record.

    A record that names this cluster ends the job at once: formation happens once, and a job that runs again after a
    change of size must not wait for its first shape.

    Raises:
        JobError: the time is over, or two clusters exist.
    """
    place = (job.config.namespace, job.config.record)
    where = f"bootstrap record {'/'.join(place)}"

    def known() -> Mapping[str, str] | None:
        record = job.kubernetes.config_map(*place)
        if record is not None:
            formation.compare(record, where)
        return record

    job.deadline.wait("a cluster with an identity", formation.look)
    outcome, record = "unchanged", known()
    if record is None:
        record = {**formation.complete(), "formed_at": datetime.now(tz=UTC).isoformat(timespec="seconds")}
        if job.kubernetes.create_config_map(*place, record):
            outcome = "created"
        else:
            # Another run of this job was faster; what it wrote is read, never replaced.
            record = known() or record
    identity, value = next(iter(record.items()))
    say(outcome, f"{where}: {identity.replace('_', ' ')} {value}")
