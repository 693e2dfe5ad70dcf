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
"""The search cluster refuses to start where a node may not have so many threads (bootstrap checks)."""


def check_kubelets(context: DoctorContext) -> Iterator[Finding]:
    """Ask one kubelet of each zone; nodes of one pool are alike."""
    what, nodes, silent, read = "kubelet limits", {}, {}, []
    for node in context.nodes:
        nodes.setdefault((node["metadata"].get("labels") or {}).get(ZONE), node["metadata"]["name"])
    for name in nodes.values():
        try:
            limit = _limit(context, name)
        except UnansweredError as error:
            silent[name] = error.said
            continue
        if 0 < limit < _PROCESSES:
            problem = f"podPidsLimit is {limit} on {name}, and the search cluster does not start below {_PROCESSES}"
            yield wrong(what, problem, f"Set podPidsLimit to {_PROCESSES} or more in the kubelet's configuration")
        else:
            read.append(name)
    if read:
        yield good(what, f"podPidsLimit suits every store on {', '.join(read)}")
    if silent:
        names, said = ", ".join(silent), next(iter(silent.values()))
        problem = f"the kubelets of {names} can't be asked ({said}); the search cluster needs {_PROCESSES} processes"
        yield unknown(what, problem, "Look there for podPidsLimit, which is in /var/lib/kubelet/config.yaml")


def _limit(context: DoctorContext, node: str) -> int:
    answer = context.read("--raw", f"/api/v1/nodes/{node}/proxy/configz")
    if answer is None:
        raise UnansweredError(f"the kubelet of {node} serves no configz", "it serves no configz")
    return answer["kubeletconfig"].get("podPidsLimit", -1)
