"""Spreads the shards of one collection over all nodes, with their copies; shared by rebalance, restore and replace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.foundation.jobkit.program import say
from components.stores.qdrant.jobs.moves import burden
from components.stores.qdrant.jobs.planning import plan

if TYPE_CHECKING:
    from components.stores.qdrant.jobs.config import CopiesConfig
    from components.stores.qdrant.jobs.moves import Mover


def spread(mover: Mover, config: CopiesConfig, name: str, *, fewer: bool = False) -> None:
    """Bring a collection to its copies, one step at a time, each planned anew from what the cluster says.

    Args:
        mover: carries the steps out.
        config: what the stack file declares.
        name: of the collection.
        fewer: whether copies may go beyond those declared; only of what has just been restored.

    Raises:
        JobError: the cluster did not come to rest, or a step failed; what was moved stays moved.
    """
    service, declared = mover.cluster.service, name in config.collections
    made_for = wished = mover.cluster.replication(name)
    if declared:
        wished = config.replication if fewer else max(made_for, config.replication)
    steps = 0
    while (placements := mover.rest()) and name in placements:
        holders = {shard: placements[name].holders(shard) for shard in placements[name].shards}
        following = plan(holders, list(mover.cluster.by_peer()), wished, burden(placements, name))
        if not following:
            break
        mover.carry_out(name, following[0])
        steps += 1
    if declared and wished == config.replication:
        consistency = mover.cluster.params(name).get("write_consistency_factor", 1)
        if (wished, config.write_consistency) != (made_for, consistency):
            # Only now that the copies exist: the numbers alone would make nothing, and promise what isn't there.
            service.set_replication(name, wished, config.write_consistency)
            say(
                "updated",
                f"collection {name}: replication_factor {wished} instead of {made_for}, write_consistency_factor "
                f"{config.write_consistency} instead of {consistency}",
            )
    say("updated" if steps else "unchanged", f"collection {name}: {steps} steps, spread over all nodes")
