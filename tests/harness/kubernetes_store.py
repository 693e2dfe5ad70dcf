"""A Kubernetes API for jobs that move pods: objects with versions, and a controller behind the StatefulSets.

What a pod runs is the test's: hooks stop and start the real thing, so that a deleted pod is really gone.
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.harness.kubernetes_stub import TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.harness.json_server import Request

REVISION = "controller-revision-hash"
KINDS = {"configmaps": "/api/v1", "pods": "/api/v1", "statefulsets": "/apis/apps/v1"}


def _nothing(_: str) -> None:
    """Stand for a hook that nobody set."""


@dataclass
class KubernetesStore:
    """Answers whoever shows the token; every object lies under its path.

    Attributes:
        on_delete: called with a pod's name once it is terminating; the pod goes when it returns.
        on_create: called with a pod's name once it exists; the pod is ready when it returns.
        on_scale: called with a StatefulSet's name and its new number of pods, before any of them goes.
        objects: by path, such as `/api/v1/namespaces/opensearch/configmaps/record`.
    """

    on_delete: Callable[[str], None] = _nothing
    on_create: Callable[[str], None] = _nothing
    on_scale: Callable[[str, int], None] = lambda _name, _replicas: None
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    _guard: threading.RLock = field(default_factory=threading.RLock)
    _version: int = 0
    _workers: list[threading.Thread] = field(default_factory=list)

    def add_stateful_set(self, namespace: str, name: str, replicas: int, labels: Mapping[str, str]) -> None:
        """Put a StatefulSet there whose pods all run the template `first` and are ready."""
        spec = {"replicas": replicas, "selector": {"matchLabels": dict(labels)}}
        status = {"observedGeneration": 1, "updateRevision": "first"}
        body = {"metadata": {"name": name, "uid": _uid(), "generation": 1}, "spec": spec, "status": status}
        self._put(path("statefulsets", namespace, name), body)
        for ordinal in range(replicas):
            self._make_pod(namespace, name, f"{name}-{ordinal}", ready=True)

    def change_template(self, namespace: str, name: str, revision: str) -> None:
        """Let a StatefulSet ask for another template; with OnDelete its pods stay as they are."""
        with self._guard:
            found = self.objects[path("statefulsets", namespace, name)]
            found["metadata"]["generation"] += 1
            found["status"] = {"observedGeneration": found["metadata"]["generation"], "updateRevision": revision}

    def accept_pods(self, namespace: str, name: str) -> None:
        """Let a StatefulSet's pods count as made from its current template."""
        with self._guard:
            revision = self.objects[path("statefulsets", namespace, name)]["status"]["updateRevision"]
            for pod, body in self.pods(namespace).items():
                if pod.rpartition("-")[0] == name:
                    body["metadata"]["labels"][REVISION] = revision

    def pods(self, namespace: str) -> dict[str, dict[str, Any]]:
        """Return all pods of a namespace by name."""
        with self._guard:
            folder = path("pods", namespace, "")
            found = {key.removeprefix(folder): body for key, body in self.objects.items() if key.startswith(folder)}
        return dict(sorted(found.items()))

    def set_ready(self, namespace: str, pod: str, *, ready: bool) -> None:
        """Make a pod ready or not, as its probe would."""
        with self._guard:
            self.objects[path("pods", namespace, pod)]["status"] = _status(ready=ready)

    def record(self, namespace: str, name: str) -> dict[str, str] | None:
        """Return the data of a ConfigMap, or None."""
        found = self.objects.get(path("configmaps", namespace, name))
        return None if found is None else found["data"]

    def annotations(self, namespace: str) -> dict[str, str]:
        """Return the annotations of a namespace."""
        found = self.objects.get(f"/api/v1/namespaces/{namespace}") or {}
        return (found.get("metadata") or {}).get("annotations") or {}

    def settle(self) -> None:
        """Wait until everything that the controller began has ended."""
        while self._workers:
            self._workers.pop().join()

    def answer(self, request: Request) -> tuple[int, object]:  # noqa: PLR0911 - one for each verb and failure
        """Answer a request as the API server would."""
        if request.authorization != f"Bearer {TOKEN}":
            return _failure(401, "Unauthorized")
        url = urlsplit(request.path)
        where = unquote(url.path)
        with self._guard:
            if request.method == "POST":
                return self._create(f"{where}/{request.body['metadata']['name']}", request.body)
            if where.endswith("/scale"):
                return self._scale(where.removesuffix("/scale"), request)
            if request.method == "GET" and where.endswith("/pods"):
                selector = parse_qs(url.query).get("labelSelector", [""])[0]
                return 200, {"items": self._selected(where, selector)}
            if where not in self.objects and not _is_namespace(where):
                return _failure(404, "NotFound")
            if request.method == "DELETE":
                return self._delete(where, request.body or {})
            if request.method == "PUT":
                return self._replace(where, request.body)
            if request.method == "PATCH":
                self._put(where, _merged(self.objects.get(where, {}), request.body))
            return 200, self.objects.get(where, {"metadata": {"name": where.rpartition("/")[2]}})

    def _create(self, where: str, body: dict[str, Any]) -> tuple[int, object]:
        if where in self.objects:
            return _failure(409, "AlreadyExists")
        self._put(where, {**body, "metadata": {**body["metadata"], "uid": _uid()}})
        return 201, self.objects[where]

    def _replace(self, where: str, body: dict[str, Any]) -> tuple[int, object]:
        told = body["metadata"].get("resourceVersion")
        if told and told != self.objects[where]["metadata"]["resourceVersion"]:
            return _failure(409, "Conflict")
        self._put(where, body)
        return 200, self.objects[where]

    def _delete(self, where: str, options: dict[str, Any]) -> tuple[int, object]:
        found = self.objects[where]
        wanted = (options.get("preconditions") or {}).get("uid")
        if wanted and wanted != found["metadata"]["uid"]:
            return _failure(409, "Conflict")
        if "/pods/" not in where:
            return 200, self.objects.pop(where)
        if not found["metadata"].get("deletionTimestamp"):
            found["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
            self._begin(self._end_pod, where)
        return 200, found

    def _scale(self, where: str, request: Request) -> tuple[int, object]:
        if where not in self.objects:
            return _failure(404, "NotFound")
        found = self.objects[where]
        if request.method == "PATCH":
            found["spec"]["replicas"] = request.body["spec"]["replicas"]
            found["metadata"]["generation"] += 1
            found["status"]["observedGeneration"] = found["metadata"]["generation"]
            self._begin(self._reconcile, where)
        return 200, {"metadata": found["metadata"], "spec": {"replicas": found["spec"]["replicas"]}}

    def _reconcile(self, where: str) -> None:
        """Make the pods as many as the StatefulSet says, the highest ordinal going first."""
        with self._guard:
            replicas = self.objects[where]["spec"]["replicas"]
        namespace, name = where.split("/")[-3], where.rpartition("/")[2]
        self.on_scale(name, replicas)
        ordinals = sorted(int(pod.rpartition("-")[2]) for pod in self.pods(namespace) if pod.rpartition("-")[0] == name)
        for ordinal in reversed([number for number in ordinals if number >= replicas]):
            self._end_pod(path("pods", namespace, f"{name}-{ordinal}"))
        for ordinal in sorted(set(range(replicas)) - set(ordinals)):
            self._begin_pod(namespace, name, f"{name}-{ordinal}")

    def _end_pod(self, where: str) -> None:
        name, namespace = where.rpartition("/")[2], where.split("/")[-3]
        with self._guard:
            self.objects[where]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        self.on_delete(name)
        owner, _, ordinal = name.rpartition("-")
        with self._guard:
            self.objects.pop(where, None)
            stays = int(ordinal) < self.objects[path("statefulsets", namespace, owner)]["spec"]["replicas"]
        if stays:
            self._begin_pod(namespace, owner, name)

    def _begin_pod(self, namespace: str, owner: str, name: str) -> None:
        self._make_pod(namespace, owner, name, ready=False)
        self.on_create(name)
        self.set_ready(namespace, name, ready=True)

    def _make_pod(self, namespace: str, owner: str, name: str, *, ready: bool) -> None:
        with self._guard:
            found = self.objects[path("statefulsets", namespace, owner)]
            labels = {**found["spec"]["selector"]["matchLabels"], REVISION: found["status"]["updateRevision"]}
            owners = [{"kind": "StatefulSet", "name": owner, "uid": found["metadata"]["uid"]}]
            metadata = {"name": name, "uid": _uid(), "labels": labels, "ownerReferences": owners}
            self._put(path("pods", namespace, name), {"metadata": metadata, "status": _status(ready=ready)})

    def _selected(self, folder: str, selector: str) -> list[dict[str, Any]]:
        wanted = dict(part.split("=", 1) for part in selector.split(",") if part)
        found = [body for key, body in sorted(self.objects.items()) if key.rpartition("/")[0] == folder]
        return [body for body in found if wanted.items() <= body["metadata"].get("labels", {}).items()]

    def _put(self, where: str, body: dict[str, Any]) -> None:
        with self._guard:
            self._version += 1
            metadata = {**body.get("metadata", {}), "resourceVersion": str(self._version)}
            self.objects[where] = {**body, "metadata": metadata}

    def _begin(self, work: Callable[[str], None], where: str) -> None:
        worker = threading.Thread(target=work, args=(where,), daemon=True)
        self._workers.append(worker)
        worker.start()


def path(kind: str, namespace: str, name: str) -> str:
    """Return where an object lies."""
    return f"{KINDS[kind]}/namespaces/{namespace}/{kind}/{name}"


def _is_namespace(where: str) -> bool:
    return where.startswith("/api/v1/namespaces/") and where.count("/") == 4


def _merged(old: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Return what a merge patch makes: objects are merged, null removes, everything else replaces."""
    merged = dict(old)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            merged[key] = _merged(merged[key] if isinstance(merged.get(key), dict) else {}, value)
        else:
            merged[key] = value
    return merged


def _status(*, ready: bool) -> dict[str, Any]:
    condition = {"type": "Ready", "status": str(ready), "message": "" if ready else "its program is starting"}
    return {"phase": "Running", "conditions": [condition]}


def _uid() -> str:
    return str(uuid.uuid4())


def _failure(code: int, reason: str) -> tuple[int, dict[str, Any]]:
    return code, {"kind": "Status", "status": "Failure", "reason": reason, "message": reason, "code": code}
