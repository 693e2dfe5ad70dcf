"""opensearch.yml as the program renders it for a real stack file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from components.stores.opensearch import configuration, topology
from tests.harness.declare import stack_settings

if TYPE_CHECKING:
    from collections.abc import Mapping


def node_settings(
    name: str,
    pool: str,
    *,
    seeds: str = "opensearch-managers.opensearch.svc",
    repository: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the settings of the nodes of one pool, read back from the text."""
    stack = stack_settings(name)
    pools = topology.zonal_pools("opensearch", stack.opensearch, stack.cluster.zones)
    text = configuration.node_configuration(
        "opensearch",
        stack.opensearch.pools[pool],
        seeds=seeds,
        zones=topology.data_zones(pools),
        memory_maps_raised=stack.cluster.memory_maps_raised,
        repository=repository or {},
    )
    return yaml.safe_load(text)
