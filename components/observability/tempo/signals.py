"""What Tempo took and what it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.signals.offer import Board, Signals
from components.signals.panels import ANY, RATE, Query, Row, TimeSeriesPanel

if TYPE_CHECKING:
    from components.settings.stack import StackSettings


def signals(stack: StackSettings) -> Signals:  # noqa: ARG001 - every room is asked alike
    """Return the signals of Tempo."""
    return Signals(name="tempo", board=Board.STACK_HEALTH, place=4, rows=[_traces()])


def _traces() -> Row:
    return Row(
        "Traces: Tempo",
        [
            TimeSeriesPanel(
                title="Spans discarded, by reason",
                description="Spans that Tempo did not take. rate_limited: more than it is set for. trace_too_large: "
                "one trace without an end.",
                unit="ops",
                queries=[Query(f"sum by (reason) (rate(tempo_discarded_spans_total{RATE}))", "{{reason}}")],
                levels=ANY,
            ),
            TimeSeriesPanel(
                title="Spans received",
                description="Spans per second after sampling.",
                unit="ops",
                queries=[Query(f"sum(rate(tempo_distributor_spans_received_total{RATE}))", "spans")],
            ),
            TimeSeriesPanel(
                title="Series made of traces",
                description="Series that Tempo's metrics generator keeps; it stops making new ones at its limit.",
                unit="short",
                queries=[Query("max(tempo_metrics_generator_registry_active_series)", "series")],
            ),
        ],
    )
