"""What people are told of the OpenSearch cluster, and from which numbers on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.alertmanager.settings import Severity
from components.signals.alerts import Alert
from components.signals.promql import WINDOW, grew, minutes, recent
from components.stores.opensearch.settings import shards_per_node
from components.stores.opensearch.sizing import WATERMARKS

if TYPE_CHECKING:
    from components.stores.opensearch.settings import OpenSearchSettings

HEAP_SHARE = 0.85
PENDING_TASKS = 100
SHARDS_SHARE = 0.9
"""Share of the shards that the cluster may have, from which there is little time left."""

SLOW_SECONDS = 1
"""M6: 1000 ms."""

_SEARCH_TIME = " / ".join(
    f"sum(rate(elasticsearch_indices_search_query_{what}{WINDOW}))" for what in ("time_seconds", "total")
)
_USED = recent('elasticsearch_jvm_memory_used_bytes{area="heap"}')
_MOST = recent('elasticsearch_jvm_memory_max_bytes{area="heap"}')
_HEAP = f"max by (name) ({_USED} / {_MOST})"
FREE = f"min by (name) ({recent('elasticsearch_filesystem_data_available_bytes')})"
SHARDS = " + ".join(
    f"max({recent(f'elasticsearch_cluster_health_{kind}_shards')})" for kind in ("active", "initializing", "unassigned")
)


def health(color: str) -> str:
    """Return a series that is 1 while the cluster has a color."""
    return f'elasticsearch_cluster_health_status{{color="{color}"}}'


def least_free(settings: OpenSearchSettings) -> dict[str, int]:
    """Return what is free on a data node's disk at each watermark."""
    return {
        step: min(min(int(pool.disk * share), most) for pool in settings.holding_data)
        for step, (share, most) in WATERMARKS.items()
    }


def most_shards(settings: OpenSearchSettings) -> int:
    """Return how many shards there may be before people are told."""
    heap = min(pool.heap_size for pool in settings.holding_data)
    return round(SHARDS_SHARE * settings.data_nodes * shards_per_node(heap))


def alerts(settings: OpenSearchSettings) -> list[Alert]:
    """Return the alerts of the cluster."""
    free = least_free(settings)
    return [
        Alert(
            name="OpenSearchRed",
            expression=f"max({recent(health('red'))}) == 1",
            severity=Severity.CRITICAL,
            after=minutes(1),
            summary="OpenSearch is red",
            description="A shard has no copy that works: what it holds can't be searched, and writes to it fail.",
        ),
        Alert(
            name="OpenSearchClusterDown",
            expression=f"max({recent(health('green'))}) == 0",
            severity=Severity.CRITICAL,
            after=minutes(15),
            summary="OpenSearch is not green",
            description="A copy of a shard is missing for longer than the restart of a node takes. The next node that "
            "is lost may take data with it.",
        ),
        Alert(
            name="OpenSearchUnknown",
            expression=f"absent({recent('elasticsearch_cluster_health_status')})",
            severity=Severity.CRITICAL,
            after=minutes(5),
            summary="Nobody knows how OpenSearch is",
            description="The exporter tells nothing: it is away, or no node answers it.",
        ),
        Alert(
            name="OpenSearchNodeMissing",
            expression=f"max({recent('elasticsearch_cluster_health_number_of_nodes')}) < {settings.nodes}",
            severity=Severity.WARNING,
            after=minutes(15),
            summary="OpenSearch has fewer nodes than the stack file says",
            description="A node has left the cluster for longer than a restart takes, or never joined it.",
        ),
        Alert(
            name="OpenSearchHeapHigh",
            expression=f"{_HEAP} > {HEAP_SHARE}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="OpenSearch node {{ $labels.name }} is short of heap",
            description="The Java heap is nearly used up. Circuit breakers refuse requests soon, and long collections "
            "let the node look dead.",
        ),
        Alert(
            name="OpenSearchBreakerTripped",
            expression=grew("elasticsearch_breakers_tripped", "name, breaker"),
            severity=Severity.WARNING,
            summary="OpenSearch node {{ $labels.name }} refused a request to save its heap",
            description="A circuit breaker ended a request that would have taken more memory than there is.",
        ),
        Alert(
            name="OpenSearchDiskLow",
            expression=f"{FREE} < {free['low']}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="OpenSearch node {{ $labels.name }} takes no further shards",
            description="Its disk is past the low watermark. Past the high one shards move away, past the last one "
            "indexes become read-only.",
        ),
        Alert(
            name="OpenSearchDiskFull",
            expression=f"{FREE} < {free['high']}",
            severity=Severity.CRITICAL,
            after=minutes(5),
            summary="OpenSearch node {{ $labels.name }} has a full disk",
            description="Its disk is past the high watermark: shards move away, if another node has room. Next, "
            "indexes become read-only.",
        ),
        Alert(
            name="OpenSearchPendingTasks",
            expression=f"max({recent('elasticsearch_cluster_health_number_of_pending_tasks')}) > {PENDING_TASKS}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="The manager of OpenSearch is behind",
            description="Changes of the cluster wait in its queue: new indexes, mappings and moves of shards are late.",
        ),
        Alert(
            name="OpenSearchRejectsWork",
            expression=grew("elasticsearch_thread_pool_rejected_count", "name, type"),
            severity=Severity.WARNING,
            after=minutes(5),
            summary="OpenSearch node {{ $labels.name }} rejects work in its pool {{ $labels.type }}",
            description="A queue is full and requests are answered with 429. Clients have to try again later, or send "
            "less.",
        ),
        Alert(
            name="OpenSearchSearchesSlow",
            expression=f"{_SEARCH_TIME} > {SLOW_SECONDS}",
            severity=Severity.WARNING,
            after=minutes(5),
            summary="Searches in OpenSearch are slow",
            description="A query takes more than a second in the mean of all shards. The exporter tells no p95, which "
            "is worse than the mean.",
        ),
        Alert(
            name="OpenSearchShardsOnTheMove",
            expression=f"max({recent('elasticsearch_cluster_health_relocating_shards')}) > 0",
            severity=Severity.WARNING,
            after=settings.recovery.recovery_time,
            summary="Shards of OpenSearch move without an end",
            description="They have moved for longer than data may be away after a loss. A drain or a restart waits.",
        ),
        Alert(
            name="OpenSearchShardsNearLimit",
            expression=f"{SHARDS} > {most_shards(settings)}",
            severity=Severity.WARNING,
            after=minutes(15),
            summary="OpenSearch has nearly as many shards as it may have",
            description="At the limit no index can be made, and so no log of a new day can be written.",
        ),
    ]
