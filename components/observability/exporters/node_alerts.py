"""What people are told of machines."""

from __future__ import annotations

from components.observability.alertmanager.settings import Severity
from components.observability.exporters.volume_alerts import VOLUME_FULL, VOLUME_LOW
from components.settings.quantities import Duration
from components.signals.alerts import Alert
from components.signals.promql import WINDOW, minutes, recent

MEMORY_SHARE = 0.9
CPU_SHARE = 0.8

CLOCK = 0.05
"""Seconds by which a machine's clock may be wrong; tokens and certificates bear more, the order of events doesn't."""

CERTIFICATE = Duration.parse("7d")
"""A kubelet renews its certificate when a third of its life is left; with a week left it has tried for long."""


def _condition(*matchers: str) -> str:
    return recent(f"kube_node_status_condition{{{', '.join(matchers)}}}")


def _node(metric: str) -> str:
    return f"max by (node) ({recent(f'node_{metric}')})"


def disks_of_node() -> str:
    """Return the share of each of a machine's own disks that is used."""
    free, size = (recent(f"node_filesystem_{what}_bytes") for what in ("avail", "size"))
    return f"1 - max by (node, device) ({free}) / max by (node, device) ({size})"


def memory_of_node() -> str:
    """Return the share of each machine's memory that nothing else could have."""
    return f"1 - {_node('memory_MemAvailable_bytes')} / {_node('memory_MemTotal_bytes')}"


def node_alerts() -> list[Alert]:
    """Return the alerts of machines."""
    ready = _condition('condition="Ready"', 'status="true"')
    pressure = _condition('condition=~"MemoryPressure|DiskPressure|PIDPressure"', 'status="true"')
    idle = f'avg by (node) (rate(node_cpu_seconds_total{{mode="idle"}}{WINDOW}))'
    certificate = recent("kubelet_certificate_manager_client_ttl_seconds")
    return [
        Alert(
            name="NodeNotReady",
            expression=f"max by (node) ({ready}) == 0",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="The machine {{ $labels.node }} is not ready",
            description="Its kubelet tells nothing, or that something is wrong. Its pods are away or soon will be.",
        ),
        Alert(
            name="NodeUnderPressure",
            expression=f"max by (node, condition) ({pressure}) == 1",
            severity=Severity.WARNING,
            after=minutes(5),
            summary="The machine {{ $labels.node }} is short: {{ $labels.condition }}",
            description="It takes no further pods and evicts some of those that it has.",
        ),
        Alert(
            name="NodeDiskNearlyFull",
            expression=f"{disks_of_node()} > {VOLUME_LOW}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="The disk {{ $labels.device }} of {{ $labels.node }} is nearly full",
            description="Images, logs and what pods write beside their volumes fill it. Pods are evicted soon.",
        ),
        Alert(
            name="NodeDiskFull",
            expression=f"{disks_of_node()} > {VOLUME_FULL}",
            severity=Severity.CRITICAL,
            after=minutes(5),
            summary="The disk {{ $labels.device }} of {{ $labels.node }} is full",
            description="Its pods are evicted, and none can start there.",
        ),
        Alert(
            name="NodeMemoryHigh",
            expression=f"{memory_of_node()} > {MEMORY_SHARE}",
            severity=Severity.WARNING,
            after=minutes(5),
            summary="The machine {{ $labels.node }} is short of memory",
            description="The kernel soon ends what takes most.",
        ),
        Alert(
            name="NodeBusy",
            expression=f"1 - {idle} > {CPU_SHARE}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="The processors of {{ $labels.node }} are busy",
            description="Whatever runs there gets slower.",
        ),
        Alert(
            name="NodeClockWrong",
            expression=f"max by (node) (abs({recent('node_timex_offset_seconds')})) > {CLOCK}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="The clock of {{ $labels.node }} is wrong",
            description="Spans and log lines stand in the wrong order; signed requests may be refused.",
        ),
        Alert(
            name="NodeClockNotKept",
            expression=f"{_node('timex_sync_status')} == 0",
            severity=Severity.WARNING,
            after=minutes(15),
            summary="Nobody keeps the clock of {{ $labels.node }} right",
            description="It is compared with no time server, and goes wrong slowly.",
        ),
        Alert(
            name="NodeCertificateExpires",
            expression=f"min by (node) ({certificate}) < {int(CERTIFICATE)}",
            severity=Severity.CRITICAL,
            after=minutes(60),
            summary="The certificate of the kubelet on {{ $labels.node }} is not renewed",
            description="When it ends, the machine leaves the cluster with all its pods.",
        ),
    ]
