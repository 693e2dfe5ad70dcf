"""Chroma, of which Kubernetes tells: it has no metrics of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.alertmanager.settings import Severity
from components.settings.quantities import Bytes
from components.signals.alerts import Alert
from components.signals.offer import Signals
from components.signals.panels import Query, Row, StatPanel, TimeSeriesPanel
from components.signals.promql import minutes, recent
from components.stores.chroma.workloads import SERVER

if TYPE_CHECKING:
    from components.settings.stack import StackSettings
    from components.stores.chroma.settings import ChromaSettings

LOW, LOWEST = Bytes.parse("10Gi"), Bytes.parse("5Gi")
"""K3: what is free at least."""

LOW_SHARE, LOWEST_SHARE = 0.3, 0.15
"""Of a small disk, in place of K3's numbers: a disk of 5Gi would never be free enough."""


def signals(stack: StackSettings) -> Signals | None:
    """Return the signals of Chroma, where there is one."""
    if stack.chroma is None:
        return None
    return Signals(name="chroma", stats=[_at_a_glance()], rows=[_row(stack.chroma)], alerts=_alerts(stack.chroma))


def low(settings: ChromaSettings) -> int:
    """Return how much is free of the disk when people are told that it gets full."""
    return min(LOW, int(LOW_SHARE * settings.disk))


def lowest(settings: ChromaSettings) -> int:
    """Return how much is free of the disk when people are woken."""
    return min(LOWEST, int(LOWEST_SHARE * settings.disk))


def _ready() -> str:
    of = f'namespace="{SERVER.namespace}", statefulset="{SERVER.name}"'
    return f"max({recent(f'kube_statefulset_status_replicas_ready{{{of}}}')})"


def _free() -> str:
    of = f'namespace="{SERVER.namespace}", persistentvolumeclaim="data-{SERVER.name}-0"'
    return f"kubelet_volume_stats_available_bytes{{{of}}}"


def _at_a_glance() -> StatPanel:
    return StatPanel(
        title="Chroma",
        description="Whether its only pod is ready to answer.",
        unit="short",
        query=_ready(),
        levels=((1, "green"),),
        base="red",
        words={"0": "away", "1": "ready"},
    )


def _row(settings: ChromaSettings) -> Row:
    return Row(
        "Chroma",
        [
            TimeSeriesPanel(
                title="Chroma ready",
                description="1 while its pod is ready to answer; it is the only one.",
                unit="short",
                queries=[Query(_ready(), "ready")],
            ),
            TimeSeriesPanel(
                title="Free on the disk of Chroma",
                description=f"Below {Bytes(low(settings))} people are told, below {Bytes(lowest(settings))} woken.",
                unit="bytes",
                queries=[Query(f"min({_free()})", "free")],
                levels=((lowest(settings), "orange"), (low(settings), "green")),
                base="red",
            ),
        ],
    )


def _alerts(settings: ChromaSettings) -> list[Alert]:
    return [
        Alert(
            name="ChromaDown",
            expression=f"{_ready()} == 0",
            severity=Severity.CRITICAL,
            after=minutes(1),
            summary="Chroma is down",
            description="Its only pod is not ready: nothing can be searched or written there.",
        ),
        Alert(
            name="ChromaDiskLow",
            expression=f"min({recent(_free())}) < {low(settings)}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="The disk of Chroma gets full",
            description="When it is full every write fails, and a snapshot can't be built.",
        ),
        Alert(
            name="ChromaDiskFull",
            expression=f"min({recent(_free())}) < {lowest(settings)}",
            severity=Severity.CRITICAL,
            after=minutes(5),
            summary="The disk of Chroma is nearly full",
            description="When it is full every write fails, and a snapshot can't be built.",
        ),
    ]
