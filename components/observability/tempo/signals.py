"""What Tempo took and what it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.alertmanager.settings import Severity
from components.signals.alerts import Alert
from components.signals.offer import Board, Signals
from components.signals.panels import ANY, RATE, Query, Row, TimeSeriesPanel
from components.signals.promql import grew, minutes

if TYPE_CHECKING:
    from components.settings.stack import StackSettings


def signals(stack: StackSettings) -> Signals:  # noqa: ARG001 - every room is asked alike
    """Return the signals of Tempo."""
    return Signals(name="tempo", board=Board.STACK_HEALTH, place=4, rows=[_traces()], alerts=_alerts())


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


def _alerts() -> list[Alert]:
    return [
        Alert(
            name="TempoDiscardsSpans",
            expression=grew("tempo_discarded_spans_total", "reason"),
            severity=Severity.WARNING,
            after=minutes(5),
            summary="Tempo discards spans: {{ $labels.reason }}",
            description="They are more or larger than it is set for. Traces have holes.",
        ),
        Alert(
            name="TempoPollsFail",
            expression=grew("tempodb_blocklist_poll_errors_total", "pod"),
            severity=Severity.WARNING,
            after=minutes(15),
            summary="Tempo can't read what it has stored",
            description="It doesn't learn of new blocks of traces: searches miss what is older than its memory.",
        ),
        Alert(
            name="TempoSeriesLimited",
            expression=grew("tempo_metrics_generator_registry_series_limited_total", "pod"),
            severity=Severity.WARNING,
            after=minutes(10),
            summary="Tempo makes no further series of traces",
            description="Services or operations that are new get no request rates, errors and durations.",
        ),
    ]
