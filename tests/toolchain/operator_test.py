"""The real prometheus-operator on the local cluster: what it makes of its objects becomes ready."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from toolchain.cluster import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.engine
SPACE = "monitored"
SMALL = {"cpu": "100m", "memory": "100Mi"}
CLAIM = {
    "accessModes": ["ReadWriteOnce"],
    "storageClassName": "local-retain",
    "resources": {"requests": {"storage": "1Gi"}},
}
COMMON: dict[str, Any] = {
    "resources": {"requests": SMALL, "limits": SMALL},
    "storage": {"volumeClaimTemplate": {"spec": CLAIM}},
}
# With this quota the API server refuses every pod that has a container without requests or limits.
QUOTA = {f"{side}.{resource}": amount for side in ("requests", "limits") for resource, amount in SMALL.items()}
SERVERS = {"prometheus": 2, "alertmanager": 3}


def monitored(kind: str, replicas: int, **spec: object) -> dict[str, Any]:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": kind,
        "metadata": {"name": "main", "namespace": SPACE},
        "spec": COMMON | {"replicas": replicas} | spec,
    }


def items(cluster: Cluster, kind: str) -> list[dict[str, Any]]:
    return json.loads(cluster.kubectl("-n", SPACE, "get", kind, "-o", "json").stdout)["items"]


@pytest.fixture(scope="module")
def servers(local_cluster: Cluster) -> Iterator[Cluster]:
    """The session's cluster with two Prometheus and three Alertmanager servers that the operator reports Available."""
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "all", "namespace": SPACE},
        "spec": {"hard": dict.fromkeys(QUOTA, "20")},
    }
    quota["spec"]["hard"] |= {name: "20Gi" for name in QUOTA if name.endswith("memory")}
    objects = [
        quota,
        monitored("Prometheus", SERVERS["prometheus"], version="v3.5.0", serviceMonitorSelector={}),
        monitored("Alertmanager", SERVERS["alertmanager"], version="v0.28.1"),
    ]
    local_cluster.kubectl("create", "namespace", SPACE)
    stream = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    local_cluster.kubectl("apply", "-f", "-", stdin=stream)
    for kind in SERVERS:
        for condition in ("Available", "Reconciled"):
            local_cluster.kubectl("-n", SPACE, "wait", f"{kind}/main", f"--for=condition={condition}", "--timeout=60s")
    yield local_cluster
    local_cluster.kubectl("delete", "namespace", SPACE, "--timeout=60s")


@pytest.mark.parametrize("kind", SERVERS)
def test_the_operator_reports_all_replicas_of_an_object_as_available(servers: Cluster, kind: str) -> None:
    (found,) = items(servers, kind)
    conditions = {entry["type"]: entry["status"] for entry in found["status"]["conditions"]}
    assert conditions == {"Available": "True", "Reconciled": "True"}
    assert found["status"]["availableReplicas"] == SERVERS[kind]
    (made,) = (entry for entry in items(servers, "statefulsets") if entry["metadata"]["name"] == f"{kind}-main")
    assert made["status"]["readyReplicas"] == SERVERS[kind]


def test_every_server_has_a_bound_claim_of_the_asked_for_class(servers: Cluster) -> None:
    claims = items(servers, "persistentvolumeclaims")
    assert len(claims) == sum(SERVERS.values())
    assert {(claim["spec"]["storageClassName"], claim["status"]["phase"]) for claim in claims} == {
        ("local-retain", "Bound")
    }


def test_containers_that_the_operator_adds_name_requests_and_limits(servers: Cluster) -> None:
    for pod in items(servers, "pods"):
        added = [c for c in (*pod["spec"]["initContainers"], *pod["spec"]["containers"]) if "reloader" in c["name"]]
        assert added
        for container in added:
            assert set(container["resources"]["requests"]) == set(container["resources"]["limits"]) == set(SMALL)


def test_a_cluster_of_an_older_checkout_gets_the_operator_and_keeps_its_tokens(
    local_cluster: Cluster, tmp_path: Path
) -> None:
    assert local_cluster.status().ready
    cluster = Cluster(tmp_path / "old")
    try:
        cluster.start()
        tokens = cluster.home / "tokens.csv"
        rows = tokens.read_text().splitlines()
        older = [row for row in rows if "prometheus-operator" not in row]
        assert len(older) == len(rows) - 1
        tokens.write_text("\n".join(older) + "\n")
        kubeconfig = cluster.kubeconfig.read_text()
        cluster.start()
        assert tokens.read_text().splitlines()[:-1] == older
        assert cluster.kubeconfig.read_text() == kubeconfig
        assert cluster.status().ready
        own = cluster.home / "prometheus-operator.kubeconfig"
        assert cluster.kubectl("get", "prometheuses", f"--kubeconfig={own}").returncode == 0
    finally:
        cluster.delete()
