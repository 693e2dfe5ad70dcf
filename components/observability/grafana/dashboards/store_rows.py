"""Rows about the stores: their snapshots, the search cluster, the vector store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.grafana.dashboards.panels import Query, Row, TimeSeriesPanel

if TYPE_CHECKING:
    from collections.abc import Mapping


def age_against_recovery_point(store: str, seconds: int) -> str:
    """Return the query of how old a store's newest whole snapshot is, as a share of what its promise allows."""
    return f'max((time() - ballast_snapshot_last_complete_timestamp_seconds{{store="{store}"}}) / {seconds})'


def snapshots(recovery_points: Mapping[str, int]) -> Row:
    """Return the row of how old, how whole and how large each store's newest snapshot is."""
    return Row(
        "Snapshots",
        [
            TimeSeriesPanel(
                title="Age against the recovery point",
                description="Age of each store's newest whole snapshot, as a share of its recoveryPoint. It falls when "
                "a snapshot is complete; above 100 % more work could be lost than allowed.",
                unit="percentunit",
                queries=[Query(age_against_recovery_point(*one), one[0]) for one in recovery_points.items()],
                levels=((1, "red"),),
            ),
            TimeSeriesPanel(
                title="Last attempt",
                description="1 where the last attempt gave a whole snapshot, 0 where it failed; the job's log says "
                "why.",
                unit="short",
                queries=[Query("min by (store) (ballast_snapshot_complete)", "{{store}}")],
            ),
            TimeSeriesPanel(
                title="Size of the newest snapshot",
                description="What the newest whole snapshot takes in the archive. A sudden fall deserves a look: what "
                "is not in a snapshot can't be restored.",
                unit="bytes",
                queries=[Query("max by (store) (ballast_snapshot_size_bytes)", "{{store}}")],
            ),
        ],
    )


def search() -> Row:
    """Return the row of the search cluster's shards, memory and work."""
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


def vectors() -> Row:
    """Return the row of the vector store's copies, contents and failures."""
    return Row(
        "Vector store",
        [
            TimeSeriesPanel(
                title="Copies that don't answer",
                description="Copies of shards that are not active, and changes of the cluster that wait for each "
                "other. Both are zero but for moments.",
                unit="short",
                queries=[
                    Query("max(qdrant_collection_dead_replicas)", "copies"),
                    Query("max(qdrant_cluster_pending_operations_total)", "changes that wait"),
                ],
            ),
            TimeSeriesPanel(
                title="Vectors",
                description="Vectors in each collection on all nodes, copies included.",
                unit="short",
                queries=[Query("sum by (collection) (qdrant_collection_vectors)", "{{collection}}")],
            ),
            TimeSeriesPanel(
                title="Failed answers",
                description="Share of answers with a status of 500 and above, over REST.",
                unit="percentunit",
                queries=[
                    Query(
                        'sum(rate(qdrant_rest_responses_total{status=~"5.."}[$__rate_interval])) '
                        "/ sum(rate(qdrant_rest_responses_total[$__rate_interval]))",
                        "share",
                    )
                ],
                levels=((0.01, "red"),),
            ),
        ],
    )
