"""The snapshots of a store that its jobs have noted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from components.foundation.jobkit import record
from components.foundation.jobkit.errors import JobError
from ops.errors import RefusedError

if TYPE_CHECKING:
    from components.foundation.jobkit.kubernetes import Kubernetes
    from components.settings.store import StoreDescription
    from ops.cluster import Cluster


@dataclass(frozen=True)
class _Records:
    """Reads ConfigMaps as the jobs do, but through kubectl."""

    cluster: Cluster

    def config_map(self, namespace: str, name: str) -> dict[str, str] | None:
        found = self.cluster.get("configmap", namespace, name)
        return None if found is None else found.get("data", {})


@dataclass(frozen=True)
class History:
    """What is noted of a store's snapshots: up to five complete ones, newest first, and the last attempt."""

    record: record.Record

    @classmethod
    def read(cls, cluster: Cluster, namespace: str, store: StoreDescription) -> History:
        """Return what the cluster holds.

        Raises:
            RefusedError: nothing is noted, or it can't be read.
        """
        reader = cast("Kubernetes", _Records(cluster))
        try:
            found = record.read(reader, namespace, store.record)
        except JobError as error:
            raise RefusedError(str(error)) from None
        if found is None:
            raise RefusedError(
                f"no snapshot of {store.spoken} is noted in the cluster yet. The next one is taken by the clock; "
                "`./ballast snapshot` takes one now."
            )
        return cls(found)

    @property
    def trouble(self) -> str:
        """Why the last attempt was not complete; empty when it was."""
        attempt = self.record.attempt
        return "" if attempt.complete else f"attempt of {attempt.finished:%Y-%m-%d %H:%M:%S} UTC: {attempt.problem}"

    def rows(self) -> list[tuple[str, ...]]:
        """Return name, end, seconds and bytes of each complete one."""
        return [
            (one.name, f"{one.finished:%Y-%m-%d %H:%M:%S}", f"{one.duration_seconds:.0f}", str(one.size_bytes))
            for one in self.record.recent
        ]
