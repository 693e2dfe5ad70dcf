"""Gives every node its share of the shards, and every shard its copies; Qdrant itself moves nothing to a new node.

One transfer at a time, so the job may be stopped and run again at any point.
Run as `python -m components.stores.qdrant.jobs.rebalance`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from components.stores.qdrant.jobs.config import RebalanceConfig
from components.stores.qdrant.jobs.moves import Mover
from components.stores.qdrant.jobs.program import run
from components.stores.qdrant.jobs.spreading import spread

if TYPE_CHECKING:
    from components.foundation.jobkit.context import JobContext
    from components.stores.qdrant.jobs.cluster import Cluster


def rebalance(job: JobContext[RebalanceConfig], cluster: Cluster) -> None:
    """Bring every collection to its copies, spread over all nodes.

    Raises:
        JobError: the cluster did not come to rest, or a step failed; what was moved stays moved.
    """
    with job.lock().held(job.deadline) as lock:
        mover = Mover(cluster, lock, job.deadline, job.config.stall_seconds)
        for name in sorted(mover.rest()):
            spread(mover, job.config, name)


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("rebalance", RebalanceConfig, rebalance)


if __name__ == "__main__":
    sys.exit(main())
