"""Limits of a node, computed from its memory and its disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from components.settings.quantities import Bytes
    from components.stores.opensearch.settings import NodePoolSettings

GIB = 1024**3

WATERMARKS = {"low": (0.15, 150 * GIB), "high": (0.10, 100 * GIB), "flood_stage": (0.05, 50 * GIB)}
"""Free space below which a node takes no new shard, moves shards away, and stops writes: OpenSearch's 85, 90 and
95 %, but never more than so many bytes, because 15 % of a 4 TiB disk would be 600 GiB that nobody may use."""


def java_options(pool: NodePoolSettings) -> str:
    """Return JVM flags; minimum equals maximum heap, so that the node never stalls to grow it.

    Only these flags count: the image's own 1g flags beat percentages of memory (search-stores, "Env to config"). The
    override makes the JVM read this container's cgroup instead of the host's path to it.
    """
    heap = f"{pool.heap_size // 1024**2}m"
    return f"-Xms{heap} -Xmx{heap} -Dopensearch.cgroups.hierarchy.override=/"


def node_limits(pool: NodePoolSettings) -> dict[str, Any]:
    """Return the lines of opensearch.yml that depend on a node's size.

    k-NN graphs live outside the heap: they may take half of what the heap leaves; the other half is the page cache.
    """
    graphs = (pool.memory - pool.heap_size) // 2
    return {"knn.memory.circuit_breaker.limit": f"{graphs // 1024}kb"}


def watermarks(disk: Bytes) -> dict[str, str]:
    """Return the cluster settings for data nodes with a disk of this size.

    They are set in the running cluster and not in a file, so that growing a disk restarts nothing.
    """
    return {
        f"cluster.routing.allocation.disk.watermark.{step}": f"{min(int(disk * share), ceiling) // 1024}kb"
        for step, (share, ceiling) in WATERMARKS.items()
    }
