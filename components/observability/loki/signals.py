"""What Loki took and what it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.signals.offer import Board, Signals
from components.signals.panels import ANY, RATE, Query, Row, TimeSeriesPanel

if TYPE_CHECKING:
    from components.settings.stack import StackSettings


def signals(stack: StackSettings) -> Signals | None:
    """Return the signals of Loki, where there is one."""
    return None if stack.loki is None else Signals(name="loki", board=Board.STACK_HEALTH, place=3, rows=[_logs()])


def _logs() -> Row:
    return Row(
        "Logs: Loki",
        [
            TimeSeriesPanel(
                title="Lines discarded, by reason",
                description="Lines that Loki did not take. rate_limited and stream_limit: more than it is set for; "
                "nobody sends them again.",
                unit="ops",
                queries=[Query(f"sum by (reason) (rate(loki_discarded_samples_total{RATE}))", "{{reason}}")],
                levels=ANY,
            ),
            TimeSeriesPanel(
                title="Streams in memory",
                description="One for each set of labels. The label list is closed, so it follows the number of "
                "services and never that of pods.",
                unit="short",
                queries=[Query("max(loki_ingester_memory_streams)", "streams")],
            ),
            TimeSeriesPanel(
                title="Received",
                description="Bytes of log lines per second.",
                unit="Bps",
                queries=[Query(f"sum(rate(loki_distributor_bytes_received_total{RATE}))", "received")],
            ),
        ],
    )
