"""An API server that shows what production declares, as it would be there: enough of one for kubectl to look at it."""

from __future__ import annotations

import copy
from collections import defaultdict
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.harness.applied import applied
from tests.harness.declare import real_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.json_server import Request

LOG = "the last line of its log\n"
GROUPS = {
    "v1": {
        "Pod": "pods",
        "Event": "events",
        "PersistentVolumeClaim": "persistentvolumeclaims",
        "ResourceQuota": "resourcequotas",
        "Service": "services",
        "Namespace": "namespaces",
        "Secret": "secrets",
    },
    "apps/v1": {
        "StatefulSet": "statefulsets",
        "Deployment": "deployments",
        "DaemonSet": "daemonsets",
        "ReplicaSet": "replicasets",
    },
    "batch/v1": {"Job": "jobs", "CronJob": "cronjobs"},
    "networking.k8s.io/v1": {"NetworkPolicy": "networkpolicies"},
    "rbac.authorization.k8s.io/v1": {"RoleBinding": "rolebindings"},
}
WITHOUT_PODS = ("ResourceQuota", "PersistentVolumeClaim", "Secret", "NetworkPolicy", "RoleBinding")
SHORT = {"PersistentVolumeClaim": ["pvc"], "ResourceQuota": ["quota"]}
OF_OPERATORS = ("Prometheus", "Alertmanager")
CREATED = "2026-01-01T00:00:00Z"

Thing = dict[str, Any]


class LookedAt:
    """Answers reading of objects, of lists by labels, and of logs; whatever else is asked for does not exist."""

    def __init__(self) -> None:
        self.things: dict[tuple[str, str], list[Thing]] = defaultdict(list)
        for thing in _all():
            self.things[thing["kind"], thing["metadata"]["namespace"]].append(thing)

    def answer(self, request: Request) -> tuple[int, object]:
        url = urlsplit(request.path)
        parts = url.path.strip("/").split("/")
        if request.method != "GET":
            return 405, _status(405, "MethodNotAllowed")
        if "namespaces" not in parts:
            found = _discovery("/".join(parts))
            return (200, found) if found else (404, _status(404, "NotFound"))
        namespace, plural, *rest = parts[parts.index("namespaces") + 1 :]
        kinds = {name: kind for kinds in GROUPS.values() for kind, name in kinds.items()}
        things = self.things[kinds.get(plural, ""), namespace]
        if rest:
            named = [thing for thing in things if thing["metadata"]["name"] == rest[0]]
            return (200, LOG if "log" in rest[1:] else named[0]) if named else (404, _status(404, "NotFound"))
        wanted = parse_qs(url.query).get("labelSelector", [""])[0]
        items = [thing for thing in things if _fits(thing["metadata"].get("labels") or {}, wanted)]
        version = "/".join(parts[1 : parts.index("namespaces")])
        return 200, {
            "kind": f"{kinds.get(plural)}List",
            "apiVersion": version,
            "metadata": {"resourceVersion": "1"},
            "items": items,
        }


def _all() -> Iterator[Thing]:
    for one in real_stack("prod").resources:
        kind = "StatefulSet" if one.kind in OF_OPERATORS else one.kind
        if one.pod_labels or one.kind in (*WITHOUT_PODS, "CronJob"):
            name = f"{one.kind.lower()}-{one.object_name}" if one.kind in OF_OPERATORS else one.object_name
            spec = copy.deepcopy(one.inputs.get("spec", {}))
            containers = (one.pod or {}).get("containers") or [{"name": one.kind.lower()}]
            yield from _made(kind, name, str(one.namespace), spec, one.pod_labels, containers)
    for application in applied().applications.values():
        pods = application.signals.pods
        for name in () if pods is None else pods.deployments:
            yield from _made("Deployment", name, application.namespace, {}, {"app": name}, [{"name": "main"}])


def _made(
    kind: str, name: str, namespace: str, spec: Thing, labels: dict[str, str], containers: list[Thing]
) -> Iterator[Thing]:
    spec |= {"selector": {"matchLabels": labels}, "replicas": 1}
    yield _thing(kind, name, namespace, labels, spec=spec, status={})
    yield _thing(
        "Event",
        f"{name}.1",
        namespace,
        {},
        involvedObject={"kind": kind, "name": name, "namespace": namespace},
        reason="Seen",
        message="it was looked at",
        type="Normal",
        lastTimestamp=CREATED,
    )
    if kind == "Deployment":
        yield _thing(
            "ReplicaSet", f"{name}-1", namespace, labels, spec={"selector": {"matchLabels": labels}}, status={}
        )
    if kind == "CronJob":
        labels, containers = {"job-name": f"{name}-1"}, [{"name": "job"}]
        yield _thing("Job", f"{name}-1", namespace, labels, spec={"selector": {"matchLabels": labels}}, status={})
    if labels and kind not in WITHOUT_PODS:
        named = [{"name": container["name"], "image": "image"} for container in containers]
        yield _thing(
            "Pod",
            f"{name}-0",
            namespace,
            labels,
            spec={"containers": named, "nodeName": "a"},
            status={"phase": "Running", "containerStatuses": [{"name": one["name"], "ready": True} for one in named]},
        )
    for claim in spec.get("volumeClaimTemplates", []):
        yield _thing("PersistentVolumeClaim", f"{claim['metadata']['name']}-{name}-0", namespace, {}, spec={})


def _thing(kind: str, name: str, namespace: str, labels: dict[str, str], **rest: Any) -> Thing:
    version = next(version for version, kinds in GROUPS.items() if kind in kinds)
    metadata = {"name": name, "namespace": namespace, "labels": labels, "creationTimestamp": CREATED, "uid": name}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


def _fits(labels: dict[str, str], selector: str) -> bool:
    pairs = [part.partition("=") for part in selector.split(",") if part]
    return all(labels.get(label) == value for label, _, value in pairs)


def _discovery(path: str) -> Thing | None:
    if path == "api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "apis":
        groups = [version for version in GROUPS if "/" in version]
        found = [{"groupVersion": version, "version": "v1"} for version in groups]
        named = [
            {"name": one["groupVersion"].split("/")[0], "versions": [one], "preferredVersion": one} for one in found
        ]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": named}
    version = path.removeprefix("api/").removeprefix("apis/")
    if version not in GROUPS:
        return None
    resources = [
        {
            "name": plural,
            "singularName": kind.lower(),
            "namespaced": kind != "Namespace",
            "kind": kind,
            "verbs": ["get", "list"],
            "shortNames": SHORT.get(kind, []),
        }
        for kind, plural in GROUPS[version].items()
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources}


def _status(code: int, reason: str) -> Thing:
    return {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code}
