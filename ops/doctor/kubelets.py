"""Limits that a kubelet sets for every pod, read from its own configuration where that is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.cluster import UnansweredError
from ops.doctor.finding import good, unknown, wrong
from ops.doctor.machines import ZONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.doctor.context import DoctorContext
    from ops.doctor.finding import Finding

_PROCESSES = 4096
"""OpenSearch refuses to start where it may not have so many threads (bootstrap checks)."""


def check_kubelets(context: DoctorContext) -> Iterator[Finding]:
    """Ask one kubelet of each zone; nodes of one pool are alike."""
    what, nodes = "kubelet limits", {}
    for node in context.nodes:
        nodes.setdefault((node["metadata"].get("labels") or {}).get(ZONE), node["metadata"]["name"])
    read = []
    for name in nodes.values():
        try:
            configuration = context.read("--raw", f"/api/v1/nodes/{name}/proxy/configz")["kubeletconfig"]
        except (UnansweredError, TypeError) as error:
            said = error.said if isinstance(error, UnansweredError) else "it serves none"
            problem = f"the kubelet of {name} can't be asked ({said}); OpenSearch does not start below"
            yield unknown(
                what, f"{problem} {_PROCESSES} processes", f"On {name}: grep podPidsLimit in its kubelet.conf"
            )
            continue
        read.append(name)
        limit = configuration.get("podPidsLimit", -1)
        if 0 < limit < _PROCESSES:
            problem = f"podPidsLimit is {limit} on {name}, and OpenSearch does not start below {_PROCESSES}"
            yield wrong(what, problem, f"Set podPidsLimit to {_PROCESSES} or more in the kubelet's configuration")
            read.remove(name)
    if read:
        yield good(what, f"podPidsLimit suits OpenSearch on {', '.join(read)}")
