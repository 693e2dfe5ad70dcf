"""The two calls to the Kubernetes API that a job needs, as its pod's service account."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .client import CONFLICT, Client, segment
from .errors import JobError

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


@dataclass(frozen=True)
class Kubernetes:
    """Reads and creates ConfigMaps; can't change or delete one, as its role can't."""

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
        found = self.client.get(f"{_config_maps(namespace)}/{segment(name)}")
        return None if found is None else found.get("data") or {}

    def create_config_map(self, namespace: str, name: str, data: Mapping[str, str]) -> bool:
        """Create a ConfigMap; return False, having changed nothing, where one of that name exists."""
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": dict(data)}
        answer = self.client.request("POST", _config_maps(namespace), body, accept={CONFLICT})
        return answer.status != CONFLICT


def _config_maps(namespace: str) -> str:
    return f"/api/v1/namespaces/{segment(namespace)}/configmaps"
