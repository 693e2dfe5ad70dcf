"""What is so in the cluster once the platform runs there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from components.settings.platform_name import platform_prefix
from components.settings.stores import stores
from ops.conditions import true_conditions
from ops.doctor.finding import good, wrong
from ops.errors import RefusedError
from ops.history import History

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ops.doctor.context import DoctorContext
    from ops.doctor.finding import Finding

OURS = "--selector=app.kubernetes.io/part-of=ballast"
ENFORCED = "pod-security.kubernetes.io/enforce"
NODE_AGENTS = "privileged"
PAGES = "docs/runbooks"
UPDATE = "Update the stack: pulumi up"

Thing = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """A point of the list.

    Attributes:
        what: how it is where it is as it should be.
        kind: of the objects that are looked at, as kubectl names it.
        is_well: whether one of them is.
        remedy: what to do.
    """

    what: str
    kind: str
    is_well: Callable[[Thing], bool]
    remedy: str


def _status(thing: Thing, key: str) -> int:
    return int(thing.get("status", {}).get(key, 0))


def _is(thing: Thing, condition: str) -> bool:
    return bool(true_conditions(thing, condition))


def _has(status: str) -> Callable[[Thing], bool]:
    return lambda one: _status(one, status) >= int(one["spec"].get("replicas", 1))


def _is_guarded(thing: Thing) -> bool:
    return thing["metadata"].get("labels", {}).get(ENFORCED) in ("restricted", NODE_AGENTS)


def _keeps(thing: Thing) -> bool:
    return thing["spec"].get("persistentVolumeReclaimPolicy") == "Retain"


POINTS = (
    Point("namespaces say which pods they take", "namespaces", _is_guarded, UPDATE),
    Point("namespaces have a quota", "resourcequotas", lambda one: bool(one["spec"].get("hard")), UPDATE),
    Point("Deployments have their pods", "deployments", _has("availableReplicas"), f"{PAGES}/cluster.md"),
    Point("StatefulSets have their pods", "statefulsets", _has("readyReplicas"), f"{PAGES}/cluster.md"),
    Point(
        "DaemonSets have their pods",
        "daemonsets",
        lambda one: _status(one, "numberAvailable") >= _status(one, "desiredNumberScheduled"),
        f"{PAGES}/cluster.md",
    ),
    Point("no job has failed", "jobs", lambda one: not _is(one, "Failed"), f"{PAGES}/cluster.md, JobFailed"),
    Point(
        "claims are bound",
        "persistentvolumeclaims",
        lambda one: one.get("status", {}).get("phase") == "Bound",
        f"{PAGES}/cluster.md, VolumeNotBound",
    ),
    Point("volumes outlive their claims", "persistentvolumes", _keeps, "set persistentVolumeReclaimPolicy: Retain"),
    Point(
        "disruption budgets are met",
        "poddisruptionbudgets",
        lambda one: _status(one, "currentHealthy") >= _status(one, "desiredHealthy"),
        f"{PAGES}/cluster.md, PodNotReady",
    ),
    Point(
        "certificates are issued",
        "certificates.cert-manager.io",
        lambda one: _is(one, "Ready"),
        "kubectl describe certificate says why",
    ),
    Point(
        "Prometheus runs",
        "prometheuses.monitoring.coreos.com",
        lambda one: _is(one, "Available"),
        f"{PAGES}/prometheus.md",
    ),
    Point(
        "Alertmanager runs",
        "alertmanagers.monitoring.coreos.com",
        lambda one: _is(one, "Available"),
        f"{PAGES}/alertmanager.md",
    ),
    Point("machines are ready", "nodes", lambda one: _is(one, "Ready"), f"{PAGES}/cluster.md, NodeNotReady"),
)


def check_running(context: DoctorContext) -> Iterator[Finding]:
    """Look at everything that stands in the platform's namespaces, at their volumes, and at the machines."""
    with platform_prefix(context.settings.namespace_prefix):
        mine = {one["metadata"]["name"] for one in context.everywhere("namespaces", OURS)}
        for point in POINTS:
            found = [one for one in context.everywhere(point.kind) if _place(one, point.kind) in {"", *mine}]
            yield _judged(point, found)
        yield from _snapshots(context)


def _place(thing: Thing, kind: str) -> str:
    """Where something stands, empty for what stands nowhere."""
    if kind == "namespaces":
        return thing["metadata"]["name"]
    if kind == "persistentvolumes":
        return thing["spec"].get("claimRef", {}).get("namespace", "unclaimed")
    return thing["metadata"].get("namespace", "")


def _judged(point: Point, found: list[Thing]) -> Finding:
    bad = [
        "/".join(filter(None, (_place(one, point.kind), one["metadata"]["name"])))
        for one in found
        if not point.is_well(one)
    ]
    if not found:
        return wrong(point.what, f"there are no {point.kind}", UPDATE)
    if bad:
        more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""  # noqa: PLR2004 - as many as a line holds
        return wrong(point.what, f"not {', '.join(bad[:3])}{more}", point.remedy)
    return good(point.what, f"all {len(found)}")


def _snapshots(context: DoctorContext) -> Iterator[Finding]:
    now = datetime.now(tz=UTC)
    for store in stores(context.settings):
        what, remedy = f"{store.spoken} has a young snapshot", f"./ballast snapshot {context.stack} {store.spoken}"
        try:
            newest = History.read(context.cluster, str(store.kind.namespace), store).record.complete
        except RefusedError as error:
            yield wrong(what, str(error), remedy)
            continue
        point = store.settings.recovery.recovery_point
        if newest is None:
            yield wrong(what, "none is whole", remedy)
        elif (age := (now - newest.finished).total_seconds()) > point:
            problem = f"{newest.name} is {age / 3600:.0f}h old, older than the recovery point {point}"
            yield wrong(what, problem, remedy)
        else:
            yield good(what, f"{newest.name}, {age / 3600:.1f}h old")
