"""What passes through the collector, what waits there and what is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.signals.offer import Board, Signals
from components.signals.panels import ANY, RATE, Query, Row, StatPanel, TimeSeriesPanel

if TYPE_CHECKING:
    from components.settings.stack import StackSettings


def signals(stack: StackSettings) -> Signals:  # noqa: ARG001 - every room is asked alike
    """Return the signals of agents and gateway."""
    return Signals(
        name="collector",
        board=Board.STACK_HEALTH,
        place=5,
        stats=[
            StatPanel(
                title="Fullest queue of the collector",
                description="Share of the fullest queue on the gateway's disks; what doesn't fit any more is lost.",
                unit="percentunit",
                query="max(otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)",
                levels=((0.5, "orange"), (0.8, "red")),
            ),
        ],
        rows=[_collector()],
    )


def _collector() -> Row:
    kinds = ("spans", "metric_points", "log_records")
    return Row(
        "Collector: agents and gateway",
        [
            TimeSeriesPanel(
                title="Refused and failed",
                description="What receivers refused for want of memory, what a backend did not take, and what a full "
                "queue did not hold. The last is lost.",
                unit="ops",
                queries=[
                    *(Query(f"sum(rate(otelcol_receiver_refused_{kind}{RATE}))", f"refused: {kind}") for kind in kinds),
                    *(
                        Query(f"sum(rate(otelcol_exporter_send_failed_{kind}{RATE}))", f"failed: {kind}")
                        for kind in kinds
                    ),
                    *(
                        Query(f"sum(rate(otelcol_exporter_enqueue_failed_{kind}{RATE}))", f"lost: {kind}")
                        for kind in kinds
                    ),
                ],
                levels=ANY,
            ),
            TimeSeriesPanel(
                title="Queues, by exporter",
                description="Share of each exporter's queue that is full. One that grows has a backend that doesn't "
                "answer; the others go on.",
                unit="percentunit",
                queries=[
                    Query(
                        "max by (pod, exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)",
                        "{{exporter}} on {{pod}}",
                    )
                ],
                levels=((0.8, "red"),),
            ),
            TimeSeriesPanel(
                title="Taken in",
                description="Spans, metric points and log records per second at the agents and the gateway together.",
                unit="ops",
                queries=[
                    Query(f"sum(rate(otelcol_receiver_accepted_{kind}{RATE}))", kind.replace("_", " "))
                    for kind in kinds
                ],
            ),
        ],
    )
