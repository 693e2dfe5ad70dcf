"""Brings indexes back from a snapshot, beside what exists and never over it, and compares what came with what was.

Run as `python -m components.stores.opensearch.jobs.restore`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit import record
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.program import tell
from components.foundation.jobkit.waiting import NotYetError
from components.stores.opensearch.jobs import documents, recovery
from components.stores.opensearch.jobs.config import RestoreConfig
from components.stores.opensearch.jobs.plugin_indexes import is_a_plugins
from components.stores.opensearch.jobs.program import run
from components.stores.opensearch.jobs.repository import RUNNING, Repository, Stored, newest_good

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.client import Client
    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock
    from components.foundation.jobkit.waiting import Deadline

LATEST = "latest"
SECURITY = ".opendistro_security"
SHOWN = 10
"""Indexes that a message names."""


@dataclass(frozen=True)
class Wish:
    """What an operator asks for.

    Attributes:
        snapshot: its name, or `latest`.
        patterns: of the indexes, as in the shell.
        prefix: put before the name of each index that is restored.
    """

    snapshot: str
    patterns: tuple[str, ...]
    prefix: str

    @classmethod
    def read(cls, request: Mapping[str, Any]) -> Wish:
        """Return what a request says; without one, everything from the newest good snapshot.

        Raises:
            JobError: it is none that the `ballast` command writes.
        """
        patterns = request.get("indexes") or ["*"]
        if not isinstance(patterns, list):
            raise JobError('BALLAST_REQUEST: "indexes" must be a list of names or patterns, such as ["logs-*"].')
        return cls(str(request.get("snapshot") or LATEST), tuple(map(str, patterns)), str(request.get("rename") or ""))

    def chosen(self, snapshots: list[Stored], repository: str) -> Stored:
        """Return the snapshot to restore.

        Raises:
            JobError: there is none of that name, or it is not whole; names the newest one that is.
        """
        good = newest_good(snapshots)
        instead = f"The newest whole one is {good.name}." if good else "There is no whole one."
        if self.snapshot == LATEST:
            if good is None:
                raise JobError(f"repository {repository} holds no whole snapshot. Nothing was restored.")
            return good
        found = next((snapshot for snapshot in snapshots if snapshot.name == self.snapshot), None)
        if found is None:
            raise JobError(f"repository {repository} holds no snapshot {self.snapshot}. {instead}")
        if not found.is_good:
            what = "still being written" if found.state == RUNNING else f"{found.state}, not whole"
            raise JobError(f"snapshot {found.name} is {what}. Nothing was restored. {instead}")
        return found

    def targets(self, snapshot: Stored) -> dict[str, str]:
        """Return the names that the indexes shall have, by their names in the snapshot.

        Raises:
            JobError: a pattern fits no index.
        """
        offered = [index for index in snapshot.indexes if index != SECURITY]
        for pattern in self.patterns:
            if not any(_fits(index, pattern) for index in offered):
                raise JobError(f"snapshot {snapshot.name} holds no index {pattern}. Nothing was restored.")
        fitting = [index for index in offered if any(_fits(index, pattern) for pattern in self.patterns)]
        return {index: self.prefix + index for index in sorted(fitting)}


def _fits(index: str, pattern: str) -> bool:
    """Return whether a pattern means an index; as in the shell, `*` leaves out what begins with a dot.

    What plugins own exists in every cluster that runs, so that a restore of everything would meet it.
    """
    return fnmatchcase(index, pattern) and (not is_a_plugins(index) or pattern.startswith("."))


def restore(job: JobContext[RestoreConfig], search: Client) -> None:
    """Restore what the request asks for; say what came back, a line for each index.

    Raises:
        JobError: something stands against it, and nothing was begun; or an index did not come back whole.
    """
    wish = Wish.read(job.request)
    with job.lock().held(job.deadline) as lock:
        repository = Repository(search, job.config.repository)
        repository.verify()
        snapshot = wish.chosen(repository.snapshots(), repository.name)
        targets = wish.targets(snapshot)
        if not _is_ours(search, snapshot, targets, lock):
            _nothing_is_in_the_way(search, snapshot, targets)
            lock.check()
            _begin(repository, snapshot, targets, wish.prefix)
        _finish(search, snapshot, targets, job.deadline)
        for line in _compared(search, snapshot, targets, _known(job, snapshot.name)):
            tell(line)


def _is_ours(search: Client, snapshot: Stored, targets: Mapping[str, str], lock: Lock) -> bool:
    """Return whether a run of this job that was killed has begun exactly this, and only its end is missing."""
    names = targets.values()
    return recovery.was_begun(search, snapshot.name, names) and (
        lock.inherited or bool(recovery.unfinished(search, snapshot.name, names))
    )


def _nothing_is_in_the_way(search: Client, snapshot: Stored, targets: Mapping[str, str]) -> None:
    there = sorted(set(targets.values()) & documents.names(search))
    if there:
        raise JobError(
            f"{_listed(there)} would be restored from {snapshot.name} and exists already. Nothing was restored, and "
            "nothing that exists is ever replaced. Delete it yourself, or restore under other names with `rename`."
        )


def _begin(repository: Repository, snapshot: Stored, targets: Mapping[str, str], prefix: str) -> None:
    order: dict[str, Any] = {
        "indices": ",".join(targets),
        "include_global_state": False,
        # An alias would point to the living index and to its restored copy at once.
        "include_aliases": not prefix,
    }
    if prefix:
        order |= {"rename_pattern": "(.+)", "rename_replacement": f"{prefix}$1"}
    repository.restore(snapshot.name, order)
    sys.stdout.write(f"restoring  {len(targets)} indexes from {snapshot.name}\n")


def _finish(search: Client, snapshot: Stored, targets: Mapping[str, str], deadline: Deadline) -> None:
    def look() -> None:
        left = recovery.unfinished(search.impatient(), snapshot.name, targets.values())
        if left:
            raise NotYetError(f"{_listed(left)} not yet whole")

    try:
        deadline.wait("the restored indexes", look)
    except JobError as error:
        left = recovery.unfinished(search, snapshot.name, targets.values())
        raise JobError(
            f"{error}. Incomplete: {_listed(left)}; these hold nothing of their own, so they may be deleted and the "
            "restore run again."
        ) from None


def _compared(search: Client, snapshot: Stored, targets: Mapping[str, str], known: Mapping[str, int]) -> list[str]:
    lines, wrong = [], []
    for source, target in targets.items():
        count = documents.count(search, target)
        if source in known and known[source] != count:
            wrong.append(f"{target} has {count} documents and had {known[source]}")
        compared = "as in the snapshot" if source in known else "not counted when the snapshot was taken"
        lines.append(f"restored   index {target}: {count} documents, {compared}")
    if wrong:
        raise JobError(f"restored from {snapshot.name}, but {'; '.join(wrong)}. Was somebody writing already?")
    return lines


def _known(job: JobContext[RestoreConfig], snapshot: str) -> Mapping[str, int]:
    """Return how many documents the indexes had when the snapshot was taken, as far as it was recorded."""
    noted = record.read(job.kubernetes, job.config.namespace, job.config.record)
    return next((one.counts for one in (noted.recent if noted else ()) if one.name == snapshot), {})


def _listed(indexes: list[str]) -> str:
    more = f" and {len(indexes) - SHOWN} more" if len(indexes) > SHOWN else ""
    return ", ".join(indexes[:SHOWN]) + more


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("restore", RestoreConfig, restore)


if __name__ == "__main__":
    sys.exit(main())
