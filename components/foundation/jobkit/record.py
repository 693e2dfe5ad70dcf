"""What is known of a store's snapshots, in a ConfigMap: the exporter publishes it, a restore compares with it.

The last attempt and the last complete snapshot are kept apart: a failed attempt must not hide how old the newest good
one is, nor the other way round.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.kubernetes import Kubernetes

KEPT = 5
"""Complete snapshots whose counts are kept: enough to see a store shrink."""

LARGEST_COUNTS = 500
"""Names per snapshot: with five snapshots and names of 100 bytes a quarter of the 1 MiB that a ConfigMap holds."""

LONGEST_PROBLEM = 500
"""Characters."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One attempt to take a snapshot.

    Attributes:
        store: name of the store, the label of its metrics.
        name: name of the snapshot, empty when it did not come that far.
        finished: when it ended; the age of what can be restored counts from here less the duration.
        duration_seconds: how long it took.
        size_bytes: what it takes in the archive.
        complete: whether it can be restored.
        problem: why not.
        counts: objects by collection, table or file; of more than 500 only the largest are kept.
    """

    store: str
    name: str
    finished: datetime
    duration_seconds: float
    size_bytes: int
    complete: bool
    problem: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """What the ConfigMap says.

    Attributes:
        attempt: the last attempt, complete or not.
        complete: the last complete one, or None.
        recent: up to five complete ones, newest first.
    """

    attempt: Snapshot
    complete: Snapshot | None
    recent: tuple[Snapshot, ...]


def write(kubernetes: Kubernetes, namespace: str, config_map: str, snapshot: Snapshot) -> None:
    """Note an attempt.

    Raises:
        JobError: the record can't be read or written.
    """
    before = read(kubernetes, namespace, config_map)
    data = {"attempt": json.dumps(_tree(snapshot))}
    if snapshot.complete:
        # A check that looks more often than there are snapshots notes the same one again.
        others = [one for one in (before.recent if before else ()) if one.name != snapshot.name]
        recent = (snapshot, *others)[:KEPT]
        data |= {"complete": data["attempt"], "recent": json.dumps([_tree(one) for one in recent])}
    kubernetes.write_config_map(namespace, config_map, data)


def read(kubernetes: Kubernetes, namespace: str, config_map: str) -> Record | None:
    """Return what is noted, or None where nothing is.

    Raises:
        JobError: the ConfigMap holds something else, or can't be read.
    """
    data = kubernetes.config_map(namespace, config_map)
    if not data:
        return None
    try:
        attempt = _snapshot(json.loads(data["attempt"]))
        complete = _snapshot(json.loads(data["complete"])) if "complete" in data else None
        recent = tuple(_snapshot(one) for one in json.loads(data.get("recent", "[]")))
    except (ValueError, KeyError, TypeError):
        raise JobError(
            f"ConfigMap {namespace}/{config_map}: is no record of snapshots. "
            "Delete it: the next snapshot writes it anew, and what is in the archive stays."
        ) from None
    return Record(attempt, complete, recent)


def _tree(snapshot: Snapshot) -> dict[str, Any]:
    largest = sorted(snapshot.counts.items(), key=lambda pair: (-pair[1], pair[0]))[:LARGEST_COUNTS]
    return {
        "store": snapshot.store,
        "name": snapshot.name,
        "finished": snapshot.finished.astimezone(UTC).isoformat(),
        "durationSeconds": snapshot.duration_seconds,
        "sizeBytes": snapshot.size_bytes,
        "complete": snapshot.complete,
        "problem": snapshot.problem[:LONGEST_PROBLEM],
        "counts": dict(sorted(largest)),
    }


def _snapshot(tree: Mapping[str, Any]) -> Snapshot:
    return Snapshot(
        store=tree["store"],
        name=tree["name"],
        finished=datetime.fromisoformat(tree["finished"]),
        duration_seconds=tree["durationSeconds"],
        size_bytes=tree["sizeBytes"],
        complete=tree["complete"],
        problem=tree["problem"],
        counts=tree["counts"],
    )
