"""Restarts the pods that run an old template or an old certificate, one at a time, while no shard is missed.

Run as `python -m components.stores.qdrant.jobs.restart`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit import rolling
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.waiting import NotYetError
from components.stores.qdrant.jobs.config import RestartConfig
from components.stores.qdrant.jobs.placement import ACTIVE
from components.stores.qdrant.jobs.program import run

if TYPE_CHECKING:
    from components.foundation.jobkit.context import JobContext
    from components.stores.qdrant.jobs.cluster import Cluster


@dataclass(frozen=True)
class Gate:
    """What Qdrant has to say about its pods; `/readyz` alone won't do, it stays true for the life of a process."""

    told: Cluster

    @cached_property
    def cluster(self) -> Cluster:
        """Return the nodes that are still there: asked only where a pod is outdated."""
        return self.told.without_drained()

    def healthy(self, pod: str | None) -> None:
        """Raise NotYetError unless every replica is active, none moves, and other pods hold all that this one does.

        With one node, or one copy by intention, there is nothing to wait for: the restart is an interruption.
        """
        placements = self.cluster.whole()
        if pod is None or len(self.cluster.nodes) == 1:
            return
        peer = self.cluster.nodes[_ordinal(pod)].impatient().view().peer
        for name, placement in placements.items():
            if self.cluster.replication(name) == 1:
                continue
            for shard in placement.held_by(peer):
                if not placement.holders(shard) - {peer}:
                    raise NotYetError(
                        f"collection {name}: the only copy of shard {shard} is on {pod}; ./ballast rebalance adds one"
                    )

    def before(self, pod: str) -> None:
        """Do nothing: Qdrant writes down what it has when it is told to stop."""

    def rejoined(self, pod: str) -> None:
        """Raise NotYetError unless the pod's node is ready, in the consensus, and all its replicas are active."""
        node = self.cluster.nodes[_ordinal(pod)]
        if not node.is_ready():
            raise NotYetError(f"{pod} does not call itself ready")
        peer = next(view.peer for view, other in zip(self.cluster.views(), self.cluster.nodes, strict=True)
                    if other is node)  # fmt: skip
        for name in node.impatient().collections():
            for shard, replicas in node.impatient().placement(name).shards.items():
                if replicas.get(peer, ACTIVE) != ACTIVE:
                    raise NotYetError(f"collection {name}: shard {shard} is {replicas[peer]} on {pod}")

    def release(self) -> None:
        """Do nothing: there is nothing to end."""


def restart(job: JobContext[RestartConfig], cluster: Cluster) -> None:
    """Restart what is outdated; where nothing is, Qdrant isn't asked.

    Raises:
        JobError: the time is over or a step failed; the cluster keeps serving, and running the job again goes on.
    """
    issued = [_issued(job, certificate) for certificate in job.config.certificates]

    def is_stale(pod: dict[str, Any]) -> bool:
        made = pod["metadata"].get("creationTimestamp")
        return any(moment is not None and datetime.fromisoformat(made) < moment for moment in issued)

    rolling.restart(job, Gate(cluster), is_stale)


def _issued(job: JobContext[RestartConfig], name: str) -> datetime | None:
    """Return when a certificate was last issued: gRPC and p2p go on with the one they were started with."""
    certificate = job.kubernetes.certificate(job.config.namespace, name)
    if certificate is None:
        raise JobError(f"there is no Certificate {job.config.namespace}/{name}; nothing was restarted.")
    moment = (certificate.get("status") or {}).get("notBefore")
    return None if moment is None else datetime.fromisoformat(moment)


def _ordinal(pod: str) -> int:
    return int(pod.rpartition("-")[2])


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("restart", RestartConfig, restart)


if __name__ == "__main__":
    sys.exit(main())
