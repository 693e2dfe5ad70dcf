"""What a job asks of the Kubernetes API, as its pod's service account; its role allows no more than it needs."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from components.foundation.jobkit.client import CONFLICT, NOT_FOUND, Client, segment
from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


@dataclass(frozen=True)
class Kubernetes:
    """One API server, seen by one service account."""

    client: Client

    @classmethod
    def from_pod(cls, environment: Mapping[str, str], account: Path = ACCOUNT) -> Kubernetes:
        """Return the API server of the cluster in which the job's pod runs.

        Raises:
            JobError: the process runs in no pod, or in one without a service account.
        """
        host = environment.get("KUBERNETES_SERVICE_HOST")
        port = environment.get("KUBERNETES_SERVICE_PORT", "443")
        if not host:
            raise JobError("KUBERNETES_SERVICE_HOST is not set: this job runs in a pod only.")
        try:
            token = (account / "token").read_text(encoding="utf-8").strip()
            trust = ssl.create_default_context(cafile=str(account / "ca.crt"))
        except (OSError, ssl.SSLError) as error:
            raise JobError(f"{account}: no usable service account ({error}). Its pod must mount one.") from None
        where = f"[{host}]" if ":" in host else host
        return cls(Client(endpoint=f"https://{where}:{port}", tls=trust, authorization=f"Bearer {token}"))

    def config_map(self, namespace: str, name: str) -> Mapping[str, str] | None:
        """Return the data of a ConfigMap, or None where there is none."""
        found = self.client.get(_core(namespace, "configmaps", name))
        return None if found is None else found.get("data") or {}

    def create_config_map(self, namespace: str, name: str, data: Mapping[str, str]) -> bool:
        """Create a ConfigMap; return False, having changed nothing, where one of that name exists."""
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": dict(data)}
        answer = self.client.request("POST", _core(namespace, "configmaps"), body, accept={CONFLICT})
        return answer.status != CONFLICT

    def write_config_map(self, namespace: str, name: str, data: Mapping[str, str]) -> None:
        """Create a ConfigMap or set the given keys of the one that exists."""
        if not self.create_config_map(namespace, name, data):
            self.client.request("PATCH", _core(namespace, "configmaps", name), {"data": dict(data)})

    def stateful_set(self, namespace: str, name: str) -> dict[str, Any] | None:
        """Return a StatefulSet, or None where there is none."""
        return self.client.get(_stateful_set(namespace, name))

    def replicas(self, namespace: str, name: str) -> int:
        """Return how many pods a StatefulSet is to have.

        Raises:
            JobError: there is none of that name.
        """
        found = self.stateful_set(namespace, name)
        if found is None:
            raise JobError(f"there is no StatefulSet {namespace}/{name}; nothing was changed.")
        return int(found["spec"]["replicas"])

    def scale(self, namespace: str, name: str, replicas: int) -> None:
        """Set the number of pods of a StatefulSet."""
        path = f"{_stateful_set(namespace, name)}/scale"
        self.client.request("PATCH", path, {"spec": {"replicas": replicas}})

    def pods(self, namespace: str, labels: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return the pods that carry all of these labels."""
        wanted = quote(",".join(f"{key}={value}" for key, value in sorted(labels.items())), safe="")
        found = self.client.request("GET", f"{_core(namespace, 'pods')}?labelSelector={wanted}").body
        return found["items"]

    def pod(self, namespace: str, name: str) -> dict[str, Any] | None:
        """Return a pod, or None where there is none."""
        return self.client.get(_core(namespace, "pods", name))

    def delete_pod(self, namespace: str, name: str, uid: str) -> None:
        """Delete this very pod; one of the same name with another uid, or one already gone, is left in peace."""
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid}}
        self.client.request("DELETE", _core(namespace, "pods", name), body, accept={NOT_FOUND, CONFLICT})

    def certificate(self, namespace: str, name: str) -> dict[str, Any] | None:
        """Return a Certificate of cert-manager, or None where there is none."""
        path = f"/apis/cert-manager.io/v1/namespaces/{segment(namespace)}/certificates/{segment(name)}"
        return self.client.get(path)

    def annotate_namespace(self, namespace: str, annotations: Mapping[str, str]) -> None:
        """Set annotations of a namespace."""
        body = {"metadata": {"annotations": dict(annotations)}}
        self.client.request("PATCH", f"/api/v1/namespaces/{segment(namespace)}", body)


def _core(namespace: str, kind: str, name: str = "") -> str:
    folder = f"/api/v1/namespaces/{segment(namespace)}/{kind}"
    return f"{folder}/{segment(name)}" if name else folder


def _stateful_set(namespace: str, name: str) -> str:
    return f"/apis/apps/v1/namespaces/{segment(namespace)}/statefulsets/{segment(name)}"
