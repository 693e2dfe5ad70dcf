"""Looks whether the newest snapshot is whole and young enough, and writes down what the exporter publishes.

Snapshots are taken by a policy inside OpenSearch, which fails without a word; this is where that is seen.
With the request {"take": true} it takes one first. Run as `python -m components.stores.opensearch.jobs.snapshots`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from components.foundation.jobkit import record
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.program import say
from components.stores.opensearch.jobs import documents
from components.stores.opensearch.jobs.config import SnapshotCheckConfig
from components.stores.opensearch.jobs.plugin_indexes import is_a_plugins
from components.stores.opensearch.jobs.program import run
from components.stores.opensearch.jobs.repository import RUNNING, Repository, Stored, newest_good

if TYPE_CHECKING:
    from components.foundation.jobkit.client import Client
    from components.foundation.jobkit.context import JobContext

TAKE_SECONDS = 3600.0
"""Seconds that a snapshot may take whose end is waited for."""

SHOWN = 5
"""Indexes that a message names."""


def check(job: JobContext[SnapshotCheckConfig], search: Client, now: datetime) -> None:
    """Judge the newest snapshot, write the record, and say what was found.

    Raises:
        JobError: there is no whole snapshot within the recovery point, or a newer one failed; it is recorded too.
    """
    repository = Repository(search, job.config.repository)
    try:
        repository.verify()
        counts = _take(job, search, now) if job.request.get("take") else None
        snapshots = repository.snapshots()
    except JobError as error:
        _note_failure(job, "", now, str(error))
        raise
    good = newest_good(snapshots)
    if good is not None:
        missing = _missing(search, good)
        if not missing:
            _note(job, _complete(job, repository, good, counts))
        problem = missing or _newer_trouble(snapshots, good) or _age(good, now, job.config.recovery_point_seconds)
    else:
        problem = f"repository {repository.name} holds no whole snapshot"
    if problem:
        newest = next((one for one in snapshots if one.state != RUNNING), None)
        _note_failure(job, newest.name if newest else "", newest.ended if newest else now, problem)
        raise JobError(f"{problem}. Its policy says why: GET _plugins/_sm/policies/<name>/_explain.")
    assert good is not None  # noqa: S101 - no problem means that there is one
    say("whole", f"snapshot {good.name}: {len(good.indexes)} indexes, begun {good.began.isoformat()}")


def _take(job: JobContext[SnapshotCheckConfig], search: Client, now: datetime) -> dict[str, int]:
    """Take a snapshot and return the counts of the indexes that nobody wrote to meanwhile."""
    name = f"manual-{now:%Y%m%d-%H%M%S}"
    before = documents.states(search)
    patient = replace(search, timeout=TAKE_SECONDS, attempts=1)
    Repository(patient, job.config.repository).take(name, job.config.indexes)
    say("created", f"snapshot {name}")
    counts = {index: documents.count(search, index) for index in before if not is_a_plugins(index)}
    after = documents.states(search)
    return {index: count for index, count in counts.items() if before[index] == after.get(index)}


def _complete(
    job: JobContext[SnapshotCheckConfig], repository: Repository, good: Stored, counts: dict[str, int] | None
) -> record.Snapshot:
    if counts is None:
        # Only who takes a snapshot can know what was in it: they are kept for as long as it is the newest.
        before = record.read(job.kubernetes, job.config.namespace, job.config.record)
        known = [one.counts for one in (before.recent if before else ()) if one.name == good.name]
        counts = dict(known[0]) if known else {}
    return record.Snapshot(
        store=job.config.store,
        name=good.name,
        finished=good.ended,
        duration_seconds=(good.ended - good.began).total_seconds(),
        size_bytes=repository.size(good.name),
        complete=True,
        counts=counts,
    )


def _note_failure(job: JobContext[SnapshotCheckConfig], name: str, ended: datetime, problem: str) -> None:
    store = job.config.store
    failed = record.Snapshot(
        store=store, name=name, finished=ended, duration_seconds=0, size_bytes=0, complete=False, problem=problem
    )
    _note(job, failed)


def _note(job: JobContext[SnapshotCheckConfig], snapshot: record.Snapshot) -> None:
    record.write(job.kubernetes, job.config.namespace, job.config.record, snapshot)


def _missing(search: Client, snapshot: Stored) -> str:
    """Return which indexes existed when a snapshot began and are not in it."""
    began = snapshot.began.timestamp() * 1000
    absent = [
        index
        for index, created in documents.open_indexes(search).items()
        if not is_a_plugins(index) and created < began and index not in snapshot.indexes
    ]
    if not absent:
        return ""
    more = f" and {len(absent) - SHOWN} more" if len(absent) > SHOWN else ""
    return f"snapshot {snapshot.name} lacks {', '.join(absent[:SHOWN])}{more}, which existed when it began"


def _newer_trouble(snapshots: list[Stored], good: Stored) -> str:
    for snapshot in snapshots:
        if snapshot.began > good.began and snapshot.state != RUNNING:
            return (
                f"snapshot {snapshot.name} is {snapshot.state} with {snapshot.failed_shards} failed shards; "
                f"the newest whole one is {good.name} of {good.began.isoformat()}"
            )
    return ""


def _age(good: Stored, now: datetime, recovery_point: float) -> str:
    age = (now - good.began).total_seconds()
    if age <= recovery_point:
        return ""
    return (
        f"the newest whole snapshot, {good.name}, began {age:.0f} s ago; the recovery point is {recovery_point:.0f} s"
    )


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    now = datetime.now(tz=UTC)
    return run("snapshots", SnapshotCheckConfig, lambda job, search: check(job, search, now))


if __name__ == "__main__":
    sys.exit(main())
