"""An OpenSearch that has exactly the nodes whose pods are ready, and nothing to complain of."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.harness.json_server import Request
    from toolchain.cluster import Cluster


@dataclass
class CalmOpenSearch:
    """Answers what the restart job asks; its members are looked up in the real API server.

    Attributes:
        cluster: where the pods are.
        status: of its health.
        settings: persistent ones.
    """

    cluster: Cluster
    status: str = "green"
    settings: dict[str, Any] = field(default_factory=dict)

    def answer(self, request: Request) -> tuple[int, object]:
        path = request.path.partition("?")[0]
        if path == "/_cluster/settings":
            for key, value in (request.body or {}).get("persistent", {}).items():
                self.settings = {k: v for k, v in self.settings.items() if k != key}
                self.settings |= {} if value is None else {key: value}
            return 200, {"persistent": self.settings, "transient": {}}
        if path == "/_nodes":
            nodes = {name: {"name": name, "version": "3.8.0"} for name in self._members()}
            return 200, {"nodes": nodes}
        if path == "/_cluster/health":
            shards = {"initializing_shards": 0, "relocating_shards": 0, "unassigned_shards": 0}
            return 200, {"status": self.status, "number_of_nodes": len(self._members()), **shards}
        return 200, {}

    def _members(self) -> list[str]:
        label = "app.kubernetes.io/component=opensearch-node"
        said = self.cluster.kubectl(
            "get", "pods", "--namespace", "opensearch", "--selector", label, "-o", "json"
        ).stdout
        return [
            pod["metadata"]["name"]
            for pod in json.loads(said)["items"]
            if any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", []))
        ]
