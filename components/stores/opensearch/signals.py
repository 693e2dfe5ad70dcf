"""The OpenSearch cluster's health, shards, memory and work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.signals.objectives import Slo
from components.signals.offer import Signals
from components.signals.panels import Query, Row, StatPanel, TimeSeriesPanel
from components.signals.promql import recent
from components.stores.opensearch.alerts import (
    FREE,
    HEAP_SHARE,
    SHARDS,
    alerts,
    health,
    least_free,
    most_shards,
)

if TYPE_CHECKING:
    from components.settings.stack import StackSettings
    from components.stores.opensearch.settings import OpenSearchSettings


def signals(stack: StackSettings) -> Signals:
    """Return the signals of the OpenSearch cluster."""
    return Signals(
        name="opensearch",
        title="OpenSearch",
        stats=[
            StatPanel(
                title="Health of OpenSearch",
                description="Health that OpenSearch gives itself. Yellow: a copy of a shard is missing. Red: a shard "
                "is, and so data can't be read.",
                unit="short",
                query=f"2 * max({health('red')}) + max({health('yellow')})",
                levels=((1, "orange"), (2, "red")),
                words={"0": "green", "1": "yellow", "2": "red"},
            )
        ],
        rows=[_cluster(), _nodes(stack.opensearch)],
        alerts=alerts(stack.opensearch),
        slos=_promised(stack),
        team="search",
    )


def _promised(stack: StackSettings) -> list[Slo]:
    settings, share = stack.objectives, stack.opensearch.availability
    if settings is None or share is None:
        return []
    known = " + ".join(f"max({recent(health(color))})" for color in ("green", "yellow"))
    promise = "OpenSearch answers for all of its data"
    return [Slo.of_time(settings, "OpenSearchAvailability", promise, share, f"({known})")]


def _cluster() -> Row:
    return Row(
        "Search cluster",
        [
            TimeSeriesPanel(
                title="Shards away from home",
                description="Shards without a node, and shards that move or are made. Moving is normal during a "
                "restart; without a node for long is not.",
                unit="short",
                queries=[
                    Query("max(elasticsearch_cluster_health_unassigned_shards)", "without a node"),
                    Query("max(elasticsearch_cluster_health_relocating_shards)", "moving"),
                    Query("max(elasticsearch_cluster_health_initializing_shards)", "being made"),
                ],
            ),
            TimeSeriesPanel(
                title="Heap used",
                description="Share of each node's Java heap. Above 85 % for long, circuit breakers refuse requests.",
                unit="percentunit",
                queries=[
                    Query(
                        'max by (name) (elasticsearch_jvm_memory_used_bytes{area="heap"} '
                        '/ elasticsearch_jvm_memory_max_bytes{area="heap"})',
                        "{{name}}",
                    )
                ],
                levels=((HEAP_SHARE, "red"),),
            ),
            TimeSeriesPanel(
                title="Searches and writes",
                description="Queries and documents indexed per second in the whole cluster, copies included.",
                unit="ops",
                queries=[
                    Query("sum(rate(elasticsearch_indices_search_query_total[$__rate_interval]))", "queries"),
                    Query("sum(rate(elasticsearch_indices_indexing_index_total[$__rate_interval]))", "documents"),
                ],
            ),
        ],
    )


def _nodes(settings: OpenSearchSettings) -> Row:
    free = least_free(settings)
    return Row(
        "Nodes of the search cluster",
        [
            TimeSeriesPanel(
                title="Processors of each node",
                description="Share of its processors that each node uses. Near 100 % for long, searches wait.",
                unit="percentunit",
                queries=[Query("max by (name) (elasticsearch_process_cpu_percent) / 100", "{{name}}")],
            ),
            TimeSeriesPanel(
                title="Free on the disk of each node",
                description="Below the first line a node takes no further shards, below the second they move away.",
                unit="bytes",
                queries=[Query(FREE, "{{name}}")],
                levels=((free["high"], "orange"), (free["low"], "green")),
                base="red",
            ),
            TimeSeriesPanel(
                title="Shards",
                description="Shards of the whole cluster. A tenth above the line no index can be made any more.",
                unit="short",
                queries=[Query(SHARDS, "shards")],
                levels=((most_shards(settings), "orange"),),
            ),
        ],
    )
