"""Gives every node its share of the shards, and every shard its copies; Qdrant itself moves nothing to a new node.

One transfer at a time; after each one the rest is planned anew from what the cluster says, so the job may be stopped
and run again at any point. Run as `python -m components.stores.qdrant.jobs.rebalance`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from components.foundation.jobkit.program import say
from components.stores.qdrant.jobs.config import RebalanceConfig
from components.stores.qdrant.jobs.moves import Mover, burden
from components.stores.qdrant.jobs.planning import plan
from components.stores.qdrant.jobs.program import run

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
            made_for = cluster.replication(name)
            wished = max(made_for, job.config.copies.get(name, 1))
            steps = 0
            while (placements := mover.rest()) and name in placements:
                holders = {shard: placements[name].holders(shard) for shard in placements[name].shards}
                following = plan(holders, list(cluster.by_peer()), wished, burden(placements, name))
                if not following:
                    break
                mover.carry_out(name, following[0])
                steps += 1
            if wished > made_for:
                # Only now that the copies exist: the number alone would make nothing, and promise what isn't there.
                cluster.service.set_replication(name, wished)
                say("updated", f"collection {name}: replication_factor {wished} instead of {made_for}")
            say("updated" if steps else "unchanged", f"collection {name}: {steps} steps, spread over all nodes")


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("rebalance", RebalanceConfig, rebalance)


if __name__ == "__main__":
    sys.exit(main())
