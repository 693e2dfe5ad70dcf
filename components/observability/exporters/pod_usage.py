"""Which pods use most of processors, memory, disks and network."""

from __future__ import annotations

from components.signals.panels import RATE, Query, Row, TimeSeriesPanel
from components.signals.promql import in_platform

_POD = "{{namespace}}/{{pod}}"


def used_by_pods() -> Row:
    """Return the panels of the pods that use most."""
    panels = [
        ("Processors, by pod", "cores that each pod uses", "short", {"": "container_cpu_usage_seconds_total"}, RATE),
        ("Memory, by pod", "memory that can't be given back", "bytes", {"": "container_memory_working_set_bytes"}, ""),
        (
            "Disks, by pod",
            "what each pod reads and writes in a second",
            "Bps",
            {kind: f"container_fs_{kind}_bytes_total" for kind in ("reads", "writes")},
            RATE,
        ),
        (
            "Network, by pod",
            "what each pod receives and sends in a second",
            "Bps",
            {kind: f"container_network_{kind}_bytes_total" for kind in ("receive", "transmit")},
            RATE,
        ),
    ]
    return Row(
        "Who uses most",
        [
            TimeSeriesPanel(
                title=title,
                description=f"The fifteen pods that use most: {what}.",
                unit=unit,
                queries=[
                    Query(_most(in_platform(metric, 'pod!=""'), within), f"{_POD} {kind}".strip())
                    for kind, metric in metrics.items()
                ],
            )
            for title, what, unit, metrics, within in panels
        ],
    )


def _most(series: str, within: str) -> str:
    return f"topk(15, sum by (namespace, pod) ({f'rate({series}{within})' if within else series}))"
