"""The search cluster's health, shards, memory and work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.signals.offer import Board, Signals
from components.signals.panels import Query, Row, StatPanel, TimeSeriesPanel

if TYPE_CHECKING:
    from components.settings.stack import StackSettings

_HEALTH = 'max(elasticsearch_cluster_health_status{color="%s"})'


def signals(stack: StackSettings) -> Signals:  # noqa: ARG001 - every room is asked alike
    """Return the signals of the search cluster."""
    return Signals(
        name="opensearch",
        board=Board.OVERVIEW,
        stats=[
            StatPanel(
                title="Search cluster",
                description="Health that OpenSearch gives itself. Yellow: a copy of a shard is missing. Red: a shard "
                "is, and so data can't be read.",
                unit="short",
                query=f"2 * {_HEALTH % 'red'} + {_HEALTH % 'yellow'}",
                levels=((1, "orange"), (2, "red")),
                words={"0": "green", "1": "yellow", "2": "red"},
            )
        ],
        rows=[_cluster()],
    )


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
                levels=((0.85, "red"),),
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
