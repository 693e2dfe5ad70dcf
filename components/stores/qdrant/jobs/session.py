"""What every program of the vector store begins with, and the one way in which it ends."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from components.foundation.jobkit import program
from components.foundation.jobkit.kubernetes import Kubernetes
from components.foundation.jobkit.lock import Lock
from components.foundation.jobkit.waiting import Deadline
from components.stores.qdrant.jobs.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.foundation.jobkit.orders import Orders


@dataclass(frozen=True)
class Session:
    """One run: its orders, the cluster, and the time that it has."""

    orders: Orders
    deadline: Deadline

    @cached_property
    def cluster(self) -> Cluster:
        """The cluster, asked with the API key."""
        return Cluster.of(self.orders)

    @cached_property
    def kubernetes(self) -> Kubernetes:
        """The API server, asked as the pod's service account."""
        return Kubernetes.from_pod(os.environ)

    @cached_property
    def lock(self) -> Lock:
        """The lock that all acting jobs of this store share."""
        return Lock(self.kubernetes, self.namespace, self.orders.desired["lock"], self.orders.holder)

    def time_anew(self) -> Deadline:
        """Return the whole time once more, for what comes after a copy that may have taken hours."""
        return Deadline.after(self.deadline.seconds, self.deadline.pause)

    @property
    def namespace(self) -> str:
        """Where the store lives."""
        return self.orders.desired["namespace"]


def run(name: str, work: Callable[[Session], None]) -> int:
    """Run a job on what its pod mounts; return the exit code."""
    return program.run(name, lambda orders: work(Session(orders, Deadline.after(orders.deadline_seconds))))


def say(what: str, line: str) -> None:
    """Print one line about one thing, in the shape of the report."""
    program.tell(f"{what:<11}{line}")
