"""What Loki took and what it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.alertmanager.settings import Severity
from components.settings.quantities import Duration
from components.signals.alerts import Alert
from components.signals.offer import Board, Signals
from components.signals.panels import ANY, RATE, Query, Row, TimeSeriesPanel
from components.signals.promql import WINDOW, grew, minutes, recent

if TYPE_CHECKING:
    from components.settings.stack import StackSettings


STALLED = Duration.parse("1d")
"""Longest time between two deletions; there is one every few minutes."""

FAILED_SHARE = 0.1
"""Share of failed requests above which Loki is broken and not merely busy; its own rules have the same."""

_FAILED = " / ".join(
    f"sum(rate(loki_request_duration_seconds_count{which}{WINDOW}))" for which in ('{status_code=~"5.."}', "")
)
_RETAINED = "loki_compactor_apply_retention_last_successful_run_timestamp_seconds"


def signals(stack: StackSettings) -> Signals | None:
    """Return the signals of Loki, where there is one."""
    if stack.loki is None:
        return None
    return Signals(name="loki", board=Board.STACK_HEALTH, place=3, rows=[_logs()], alerts=_alerts())


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


def _alerts() -> list[Alert]:
    return [
        Alert(
            name="LokiFailsRequests",
            expression=f"{_FAILED} > {FAILED_SHARE}",
            severity=Severity.CRITICAL,
            after=minutes(15),
            summary="Loki answers with errors",
            description="Lines are not taken, or searches fail. The collector keeps what is not taken until its queue "
            "is full.",
        ),
        Alert(
            name="LokiPanics",
            expression=grew("loki_panic_total", "pod"),
            severity=Severity.WARNING,
            summary="{{ $labels.pod }} failed in the middle of a request",
            description="A request met a fault of Loki's own. The next one of its kind will too.",
        ),
        Alert(
            name="LokiDiscardsLines",
            expression=grew("loki_discarded_samples_total", "reason"),
            severity=Severity.WARNING,
            after=minutes(5),
            summary="Loki discards lines: {{ $labels.reason }}",
            description="They are more, older or longer than it is set for. Nobody sends them again.",
        ),
        Alert(
            name="LokiDiskFull",
            expression=grew("loki_ingester_wal_disk_full_failures_total", "pod"),
            severity=Severity.CRITICAL,
            summary="The disk of Loki is full",
            description="Lines are kept in memory alone, and are lost when the pod restarts.",
        ),
        Alert(
            name="LokiFlushFails",
            expression=grew("loki_ingester_chunks_flush_failures_total", "pod"),
            severity=Severity.WARNING,
            after=minutes(10),
            summary="Loki can't put lines where they are kept",
            description="Its archive refuses or can't be reached. Lines wait in memory and on its disk until that is "
            "full.",
        ),
        Alert(
            name="LokiRetentionStands",
            expression=f"time() - max({recent(_RETAINED)}) > {int(STALLED)}",
            severity=Severity.WARNING,
            after=minutes(15),
            summary="Loki deletes nothing any more",
            description="Lines older than the retention stay, and the space that they take grows.",
        ),
    ]
