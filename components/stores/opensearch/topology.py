"""Which pods there are: pools split over zones, with the names by which the nodes know each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.stores.opensearch.settings import NodeRole, stateful_set

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from components.stores.opensearch.settings import NodePoolSettings, OpenSearchSettings


@dataclass(frozen=True, kw_only=True)
class ZonalPool:
    """The part of a pool that runs in one zone: one StatefulSet.

    One StatefulSet per zone makes the zone a fixed attribute of the node, which shard awareness needs, and pins each
    volume to its zone without the right to read Node objects.
    """

    name: str
    pool: str
    zone: str
    replicas: int
    settings: NodePoolSettings

    @property
    def pods(self) -> tuple[str, ...]:
        """Names of its pods, which are also the nodes' names."""
        return tuple(f"{self.name}-{ordinal}" for ordinal in range(self.replicas))

    @property
    def is_manager(self) -> bool:
        """Whether its nodes can be elected cluster manager."""
        return NodeRole.CLUSTER_MANAGER in self.settings.roles

    @property
    def holds_data(self) -> bool:
        """Whether its nodes hold shards."""
        return NodeRole.DATA in self.settings.roles


def zonal_pools(cluster: str, settings: OpenSearchSettings, zones: Sequence[str]) -> list[ZonalPool]:
    """Split every pool over the zones, node by node in turn, so that adding a node never moves another.

    A zone in which a pool has no node has its StatefulSet all the same, an empty one: nodes come and go by its number
    of replicas, and no step up or down ever makes or deletes a StatefulSet.
    """
    return [pool for name in settings.pools for pool in _split(cluster, name, settings.pools[name], zones)]


def nodes_by_zone(nodes: int, zones: Sequence[str]) -> dict[str, int]:
    """Return how many nodes of a pool stand in each zone, in the zones' order."""
    return {zone: len(range(index, nodes, len(zones))) for index, zone in enumerate(zones)}


def _split(cluster: str, name: str, pool: NodePoolSettings, zones: Sequence[str]) -> Iterator[ZonalPool]:
    for zone, replicas in nodes_by_zone(pool.nodes, zones).items():
        yield ZonalPool(name=stateful_set(cluster, name, zone), pool=name, zone=zone, replicas=replicas, settings=pool)


def manager_names(pools: Sequence[ZonalPool]) -> list[str]:
    """Return the names of all nodes that found the cluster together."""
    return [pod for pool in pools if pool.is_manager for pod in pool.pods]


def data_zones(pools: Sequence[ZonalPool]) -> list[str]:
    """Return the zones that hold data, in the stack file's order."""
    return list(dict.fromkeys(pool.zone for pool in pools if pool.holds_data and pool.replicas))


def restart_order(pools: Sequence[ZonalPool]) -> list[str]:
    """Return the StatefulSets in the order in which a change reaches them: data first, managers last.

    A manager that has seen all other nodes come back can judge the cluster; one that restarts first can't.
    """
    return [pool.name for pool in sorted(pools, key=lambda pool: pool.is_manager)]
