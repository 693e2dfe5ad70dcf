"""Whether the nodes have a place for every pod that is declared, in the zones that the stack file names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.settings.quantities import Bytes, Millicores
from ops.doctor.finding import good, wrong
from ops.doctor.machines import Machine, machines, requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.doctor.context import DoctorContext
    from ops.doctor.declared import DeclaredObject
    from ops.doctor.finding import Finding

_KEPT_APART = "kubernetes.io/hostname"


def check_zones(context: DoctorContext) -> Iterator[Finding]:
    """Look for a node that takes pods in each zone."""
    found = machines(context.nodes, ())
    open_to_all = [one.zone for one in found if one.admits({})]
    there = ", ".join(sorted({one.zone or "none at all" for one in found})) or "there are no nodes"
    missing = [zone for zone in context.settings.cluster.zones if zone not in open_to_all]
    for zone in missing:
        problem = f"no node there is ready and takes pods (zones of nodes: {there}); its pods would wait for ever"
        yield wrong(f"zone {zone}", problem, f"Add a node there, or correct {context.key('cluster.zones')}")
    if not missing:
        yield good("zones", f"nodes take pods in {', '.join(context.settings.cluster.zones)}")


def check_placement(context: DoctorContext) -> Iterator[Finding]:
    """Place every declared pod as the scheduler would, beside what runs already."""
    own = {one.name for one in context.declared if one.kind == "Namespace"}
    running = [
        pod
        for pod in context.everywhere("pods", "--field-selector=status.phase!=Succeeded,status.phase!=Failed")
        if pod["metadata"]["namespace"] not in own
    ]
    found = machines(context.nodes, running)
    workloads = [one for one in context.declared if one.pod is not None and one.kind not in ("Job", "CronJob")]
    # Pods of every node first, then large ones: small ones fit into what is left.
    workloads.sort(key=lambda one: (one.kind != "DaemonSet", -requests(one.pod or {})["memory"], one.name))
    homeless = 0
    for workload in workloads:
        for problem in _misplaced(workload, found):
            homeless += 1
            remedy = "Add a node that is large enough, or ask for less in the stack file"
            yield wrong(f"{workload.kind} {workload.namespace}/{workload.name}", problem, remedy)
    if not homeless:
        pods = sum(len([guest for guest in one.guests if guest]) for one in found)
        yield good("room on the nodes", f"{pods} pods have a place beside {len(running)} that run already")


def _misplaced(workload: DeclaredObject, found: list[Machine]) -> Iterator[str]:
    pod: dict[str, Any] = workload.pod or {}
    asked, guest = requests(pod), f"{workload.namespace}/{workload.name}"
    sizes = f"{Millicores(int(asked['cpu'] * 1000))} processors and {Bytes(int(asked['memory']))}"
    open_to_it = [one for one in found if one.admits(pod)]
    if workload.kind == "DaemonSet":
        if full := [one.name for one in open_to_it if not one.has_room(asked)]:
            yield f"its pod, which asks for {sizes}, has no room on {', '.join(full)}; nothing there would be watched"
        for one in open_to_it:
            one.take(asked, guest)
        return
    replicas, placed = workload.body["spec"].get("replicas", 1), 0
    apart = ((pod.get("affinity") or {}).get("podAntiAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution", []
    )
    alone = any(term["topologyKey"] == _KEPT_APART for term in apart)
    for _ in range(replicas):
        free = [one for one in open_to_it if one.has_room(asked) and not (alone and guest in one.guests)]
        if not free:
            break
        zones = [one.zone for one in open_to_it for other in one.guests if other == guest]
        min(free, key=lambda one: (zones.count(one.zone), -one.free["memory"])).take(asked, guest)
        placed += 1
    if placed < replicas:
        most = max((one.free["memory"] for one in open_to_it), default=0)
        each = ", each on a node of its own" if alone else ""
        yield (
            f"{placed} of {replicas} pods have a place: each asks for {sizes}{each}, {len(open_to_it)} "
            f"node(s) take it, and the most that is left on one is {Bytes(max(0, int(most) >> 20 << 20)) or '0'}"
        )
