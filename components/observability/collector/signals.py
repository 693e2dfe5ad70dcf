"""What passes through the collector, what waits there and what is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.alertmanager.settings import Severity
from components.signals.alerts import Alert
from components.signals.objectives import RATE as OBJECTIVE_RATE
from components.signals.objectives import Slo
from components.signals.offer import Board, Signals
from components.signals.panels import ANY, RATE, Query, Row, StatPanel, TimeSeriesPanel
from components.signals.promql import grew, minutes, recent

if TYPE_CHECKING:
    from components.settings.objectives import ObjectivesSettings
    from components.settings.stack import StackSettings


KINDS = ("spans", "metric_points", "log_records")
QUEUE_SHARE = 0.8
_FILLED = " / ".join(recent(f"otelcol_exporter_queue_{what}") for what in ("size", "capacity"))


def signals(stack: StackSettings) -> Signals:
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
                levels=((QUEUE_SHARE, "orange"),),
            ),
        ],
        rows=[_collector()],
        alerts=_alerts(),
        slos=[] if stack.objectives is None else [_promised(stack.objectives)],
    )


def _promised(settings: ObjectivesSettings) -> Slo:
    def rates(*counters: str) -> str:
        names = [f"otelcol_exporter_{counter}_{kind}" for counter in counters for kind in KINDS]
        return " + ".join(f"(sum(rate({name}{OBJECTIVE_RATE})) or vector(0))" for name in names)

    return Slo(
        name="TelemetryDelivery",
        promise="The collector hands over what it was sent",
        objective=settings.telemetry,
        window=settings.window,
        bad=rates("send_failed", "enqueue_failed"),
        total=rates("sent", "send_failed", "enqueue_failed"),
    )


def _collector() -> Row:
    return Row(
        "Collector: agents and gateway",
        [
            TimeSeriesPanel(
                title="Refused and failed",
                description="What receivers refused for want of memory, what a backend did not take, and what a full "
                "queue did not hold. The last is lost.",
                unit="ops",
                queries=[
                    *(Query(f"sum(rate(otelcol_receiver_refused_{kind}{RATE}))", f"refused: {kind}") for kind in KINDS),
                    *(
                        Query(f"sum(rate(otelcol_exporter_send_failed_{kind}{RATE}))", f"failed: {kind}")
                        for kind in KINDS
                    ),
                    *(
                        Query(f"sum(rate(otelcol_exporter_enqueue_failed_{kind}{RATE}))", f"lost: {kind}")
                        for kind in KINDS
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
                levels=((QUEUE_SHARE, "red"),),
            ),
            TimeSeriesPanel(
                title="Taken in",
                description="Spans, metric points and log records per second at the agents and the gateway together.",
                unit="ops",
                queries=[
                    Query(f"sum(rate(otelcol_receiver_accepted_{kind}{RATE}))", kind.replace("_", " "))
                    for kind in KINDS
                ],
            ),
        ],
    )


def _alerts() -> list[Alert]:
    return [
        Alert(
            name="CollectorQueueFills",
            expression=f"max by (pod, exporter) ({_FILLED}) > {QUEUE_SHARE}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="The queue of {{ $labels.exporter }} on {{ $labels.pod }} is nearly full",
            description="A backend takes less than comes, or nothing. When the queue is full, what comes is lost.",
        ),
        Alert(
            name="CollectorLosesTelemetry",
            expression=" or ".join(grew(f"otelcol_exporter_enqueue_failed_{kind}", "pod, exporter") for kind in KINDS),
            severity=Severity.CRITICAL,
            summary="{{ $labels.pod }} loses what it should send to {{ $labels.exporter }}",
            description="The queue is full. What doesn't fit is lost, and nobody sends it again.",
        ),
        Alert(
            name="CollectorRefuses",
            expression=" or ".join(grew(f"otelcol_receiver_refused_{kind}", "pod") for kind in KINDS),
            severity=Severity.WARNING,
            after=minutes(10),
            summary="{{ $labels.pod }} refuses telemetry",
            description="It is short of memory. Applications try again for a while, and then drop it.",
        ),
        Alert(
            name="CollectorSendFails",
            expression=" or ".join(grew(f"otelcol_exporter_send_failed_{kind}", "pod, exporter") for kind in KINDS),
            severity=Severity.WARNING,
            after=minutes(10),
            summary="{{ $labels.exporter }} takes nothing of {{ $labels.pod }}",
            description="The backend refused for good what was sent to it: that is lost.",
        ),
    ]
