"""The real cluster, the plugins in front of it, and a Kubernetes API beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.kubernetes import Kubernetes
from components.foundation.jobkit.orders import Orders
from components.foundation.jobkit.report import Report
from components.foundation.jobkit.waiting import Deadline
from components.stores.opensearch.jobs.configure import configure
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_stub import TOKEN, KubernetesStub
from tests.harness.opensearch import OpenSearch, opensearch_cluster
from tests.harness.search_plugins import SearchPlugins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[[dict[str, Any]], tuple[int, str, str]]

__all__ = ["opensearch_cluster"]

PASSWORDS = {"admin": "correct-horse-battery", "automation": "staple-and-then-some", "console": "a-third-one-entirely"}


@pytest.fixture
def cluster(opensearch_cluster: OpenSearch) -> Iterator[OpenSearch]:
    yield opensearch_cluster
    opensearch_cluster.clear()


@pytest.fixture
def plugins(cluster: OpenSearch) -> SearchPlugins:
    return SearchPlugins(backend=cluster.host)


@pytest.fixture
def search(plugins: SearchPlugins) -> Iterator[JsonServer]:
    with JsonServer(plugins) as server:
        yield server


@pytest.fixture
def api() -> KubernetesStub:
    return KubernetesStub()


@pytest.fixture
def kubernetes(api: KubernetesStub) -> Iterator[Kubernetes]:
    with JsonServer(api) as server:
        yield Kubernetes(Client(endpoint=server.url, authorization=f"Bearer {TOKEN}", pause=0.01))


@pytest.fixture
def orders(tmp_path: Path) -> Callable[[dict[str, Any]], Orders]:
    """Orders as a pod would find them on its volumes."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    for name, password in PASSWORDS.items():
        (secrets / name).write_text(f"{password}\n")

    def write(desired: dict[str, Any]) -> Orders:
        path = tmp_path / "desired.json"
        path.write_text(json.dumps(desired))
        return Orders.read(
            {
                "BALLAST_DESIRED": str(path),
                "BALLAST_SECRETS": str(secrets),
                "BALLAST_TLS": str(tmp_path / "tls"),
            }
        )

    return write


@pytest.fixture
def desired(cluster: OpenSearch) -> dict[str, Any]:
    return {
        "endpoint": "http://unused",
        "nodes": 3,
        "roles": {"metrics": {"cluster_permissions": ["cluster_monitor"], "index_permissions": []}},
        "users": {
            "admin": {"secret": "admin", "backendRoles": ["admin"], "description": "People"},
            "automation": {"secret": "automation", "backendRoles": [], "description": "Policies"},
        },
        "policyOwner": "automation",
        "roleMappings": {"all_access": {"users": [], "backend_roles": ["admin"]}},
        "clusterSettings": {"action.destructive_requires_name": True, "cluster.max_shards_per_node": 500},
        "repositories": {"snapshots": {"type": "fs", "settings": {"location": str(cluster.repositories / "a")}}},
        "indexTemplates": {
            "logs": {
                "index_patterns": ["logs-*"],
                "priority": 100,
                "template": {"settings": {"index.number_of_shards": "1", "index.number_of_replicas": "2"}},
            }
        },
        "ismPolicies": {
            "logs": {
                "policy": {
                    "description": "30 days",
                    "default_state": "live",
                    "ism_template": [{"index_patterns": ["logs-*"], "priority": 100}],
                    "states": [
                        {
                            "name": "live",
                            "actions": [],
                            "transitions": [{"state_name": "gone", "conditions": {"min_index_age": "30d"}}],
                        },
                        {"name": "gone", "actions": [{"delete": {}}], "transitions": []},
                    ],
                }
            }
        },
        "snapshotPolicies": {
            "hourly": {
                "enabled": True,
                "creation": {"schedule": {"cron": {"expression": "0 * * * *", "timezone": "UTC"}}, "time_limit": "1h"},
                "deletion": {"condition": {"max_age": "48h", "min_count": 1}},
                "snapshot_config": {"repository": "snapshots", "indices": "*"},
            }
        },
    }


@pytest.fixture
def run(orders: Callable[[dict[str, Any]], Orders], search: JsonServer, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the job and return its exit code, what it said, and what it complained of; no password in either."""

    def once(desired: dict[str, Any]) -> tuple[int, str, str]:
        report = Report()
        client = Client(endpoint=search.url, pause=0.01)
        configure(orders(desired), client, report, Deadline.after(20, pause=0.05))
        code = report.close()
        said = capsys.readouterr()
        assert not [word for word in PASSWORDS.values() if word in said.out + said.err]
        return code, said.out, said.err

    return once
