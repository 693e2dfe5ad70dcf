"""The vector store's copies, contents and failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.signals.offer import Board, Signals
from components.signals.panels import Query, Row, TimeSeriesPanel

if TYPE_CHECKING:
    from components.settings.stack import StackSettings


def signals(stack: StackSettings) -> Signals | None:
    """Return the signals of the vector store, where there is one."""
    return None if stack.qdrant is None else Signals(name="qdrant", board=Board.OVERVIEW, rows=[_collections()])


def _collections() -> Row:
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
