"""A cluster with a repository of snapshots, as tests of restores use it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit import record
from components.foundation.jobkit.client import Client
from components.foundation.jobkit.orders import Orders
from components.foundation.jobkit.waiting import Deadline
from components.stores.opensearch.jobs.restore import restore
from components.stores.opensearch.jobs.snapshots import check

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from components.foundation.jobkit.kubernetes import Kubernetes
    from tests.harness.json_server import JsonServer
    from tests.harness.opensearch import OpenSearch

SECTION = {"repository": "snapshots", "namespace": "search", "lock": "search-operations", "record": "search-snapshots"}
DESIRED = {"endpoint": "unused", "restore": SECTION, "snapshots": {**SECTION, "recoveryPointSeconds": 3600}}


class Site:
    """A cluster with the repository, and the jobs that look after it."""

    def __init__(self, cluster: OpenSearch, search: JsonServer, kubernetes: Kubernetes, folder: Path) -> None:
        self.cluster, self.search, self.kubernetes, self.folder = cluster, search, kubernetes, folder
        location = {"type": "fs", "settings": {"location": str(folder)}}
        assert cluster.ask("PUT", "/_snapshot/snapshots", location) == {"acknowledged": True}

    def check(self, now: datetime | None = None, **request: Any) -> str:
        return check(self._orders(request), self._client, self.kubernetes, now or datetime.now(tz=UTC))

    def restore(self, seconds: float = 30, **request: Any) -> list[str]:
        return restore(self._orders(request), self._client, self.kubernetes, Deadline.after(seconds, pause=0.05))

    @property
    def noted(self) -> record.Record:
        found = record.read(self.kubernetes, "search", "search-snapshots")
        assert found is not None
        return found

    @property
    def _client(self) -> Client:
        return Client(endpoint=self.search.url, pause=0.01, attempts=3)

    def _orders(self, request: Mapping[str, Any]) -> Orders:
        return Orders(DESIRED, self.folder, self.folder, request, "a-pod")


def checksum(cluster: OpenSearch, index: str) -> str:
    cluster.ask("POST", f"/{index}/_refresh")
    hits = cluster.ask("POST", f"/{index}/_search", {"size": 1000, "sort": ["number"]})["hits"]["hits"]
    lines = [json.dumps([hit["_id"], hit["_source"]], sort_keys=True) for hit in hits]
    return f"{len(lines)}:{hashlib.sha256(''.join(lines).encode()).hexdigest()}"


def wipe(cluster: OpenSearch, *indexes: str) -> None:
    for index in indexes:
        assert cluster.ask("DELETE", f"/{index}") == {"acknowledged": True}
