"""A cluster with a repository of snapshots, as tests of restores use it."""

from __future__ import annotations

import hashlib
import io
import json
from contextlib import redirect_stdout
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit import record
from components.foundation.jobkit.client import Client
from components.stores.opensearch.jobs.config import RestoreConfig, SnapshotCheckConfig
from components.stores.opensearch.jobs.restore import restore
from components.stores.opensearch.jobs.snapshots import check
from tests.harness.told import changed, job, told

if TYPE_CHECKING:
    from pathlib import Path

    from components.foundation.jobkit.kubernetes import Kubernetes
    from tests.harness.json_server import JsonServer
    from tests.harness.opensearch_client import OpenSearch


class Site:
    """A cluster with the repository, and the jobs that look after it."""

    def __init__(self, cluster: OpenSearch, search: JsonServer, kubernetes: Kubernetes, folder: Path) -> None:
        self.cluster, self.search, self.kubernetes, self.folder = cluster, search, kubernetes, folder
        location = {"type": "fs", "settings": {"location": str(folder)}}
        assert cluster.ask("PUT", "/_snapshot/snapshots", location) == {"acknowledged": True}

    def check(self, now: datetime | None = None, **request: Any) -> str:
        """Run the check and return its last line."""
        config = told(SnapshotCheckConfig, "opensearch-snapshots")
        with redirect_stdout(io.StringIO()) as said:
            check(job(config, self.kubernetes, request=request), self._client, now or datetime.now(tz=UTC))
        return said.getvalue().splitlines()[-1]

    def restore(self, seconds: float = 30, **request: Any) -> list[str]:
        """Run a restore and return its line about each index."""
        config = changed(told(RestoreConfig, "opensearch-restore"), deadline_seconds=seconds)
        with redirect_stdout(io.StringIO()) as said:
            restore(job(config, self.kubernetes, request=request, holder="a-pod", pause=0.05), self._client)
        return [line for line in said.getvalue().splitlines() if line.startswith("restored ")]

    @property
    def noted(self) -> record.Record:
        found = record.read(self.kubernetes, "opensearch", "opensearch-snapshots")
        assert found is not None
        return found

    @property
    def _client(self) -> Client:
        return Client(endpoint=self.search.url, pause=0.01, attempts=3)


def checksum(cluster: OpenSearch, index: str) -> str:
    cluster.ask("POST", f"/{index}/_refresh")
    hits = cluster.ask("POST", f"/{index}/_search", {"size": 1000, "sort": ["number"]})["hits"]["hits"]
    lines = [json.dumps([hit["_id"], hit["_source"]], sort_keys=True) for hit in hits]
    return f"{len(lines)}:{hashlib.sha256(''.join(lines).encode()).hexdigest()}"


def wipe(cluster: OpenSearch, *indexes: str) -> None:
    for index in indexes:
        assert cluster.ask("DELETE", f"/{index}") == {"acknowledged": True}
