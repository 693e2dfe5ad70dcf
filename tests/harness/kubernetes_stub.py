"""The part of the Kubernetes API that a job talks to: ConfigMaps, with the real API server's answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.harness.json_server import Request

TOKEN = "the-token-of-the-job"  # noqa: S105 - a stub's


@dataclass
class KubernetesStub:
    """Answers GET and POST of ConfigMaps to whoever shows the token."""

    config_maps: dict[str, dict[str, Any]] = field(default_factory=dict)

    def answer(self, request: Request) -> tuple[int, object]:
        if request.authorization != f"Bearer {TOKEN}":
            return 401, _status(401, "Unauthorized", "Unauthorized")
        folder, _, name = request.path.partition("/configmaps")
        if request.method == "POST" and not name:
            key = f"{folder}/{request.body['metadata']['name']}"
            if key in self.config_maps:
                return 409, _status(409, "AlreadyExists", "configmaps already exists")
            self.config_maps[key] = request.body
            return 201, request.body
        found = self.config_maps.get(f"{folder}{name}") if request.method == "GET" else None
        return (200, found) if found else (404, _status(404, "NotFound", f"configmaps {name!r} not found"))

    def record(self, namespace: str, name: str) -> dict[str, str] | None:
        found = self.config_maps.get(f"/api/v1/namespaces/{namespace}/{name}")
        return None if found is None else found["data"]

    def write(self, namespace: str, name: str, data: dict[str, str]) -> None:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}
        self.config_maps[f"/api/v1/namespaces/{namespace}/{name}"] = body


def _status(code: int, reason: str, message: str) -> dict[str, Any]:
    return {"kind": "Status", "status": "Failure", "reason": reason, "message": message, "code": code}
