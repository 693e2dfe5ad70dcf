"""What the simulated kubelet and storage driver do for the real controllers."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from toolchain.cluster import Cluster

pytestmark = pytest.mark.engine
SPACE = "volumes"
SPREAD = {
    "maxSkew": 1,
    "topologyKey": "topology.kubernetes.io/zone",
    "whenUnsatisfiable": "DoNotSchedule",
    "labelSelector": {"matchLabels": {"app": "store"}},
}
STORE = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "metadata": {"name": "store", "namespace": SPACE},
    "spec": {
        "serviceName": "store",
        "replicas": 3,
        "podManagementPolicy": "Parallel",
        "selector": {"matchLabels": {"app": "store"}},
        "template": {
            "metadata": {"labels": {"app": "store"}},
            "spec": {"topologySpreadConstraints": [SPREAD], "containers": [{"name": "store", "image": "store:1"}]},
        },
        "volumeClaimTemplates": [
            {
                "metadata": {"name": "data"},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": "gp3-retain",
                    "resources": {"requests": {"storage": "1Gi"}},
                },
            }
        ],
    },
}


def items(cluster: Cluster, kind: str) -> list[dict[str, Any]]:
    return json.loads(cluster.kubectl("-n", SPACE, "get", kind, "-o", "json").stdout)["items"]


def wait_until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, f"waited 30 s in vain: {what}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def store(local_cluster: Cluster) -> Cluster:
    """The session's cluster with a StatefulSet of three that is ready."""
    local_cluster.kubectl("create", "namespace", SPACE)
    local_cluster.kubectl("apply", "-f", "-", stdin=json.dumps(STORE))
    local_cluster.kubectl("-n", SPACE, "rollout", "status", "statefulset/store", "--timeout=30s")
    return local_cluster


def test_pods_are_spread_over_the_zones_by_the_real_scheduler(store: Cluster) -> None:
    assert len({pod["spec"]["nodeName"] for pod in items(store, "pods")}) == 3


def test_a_volume_is_made_where_its_first_pod_was_placed(store: Cluster) -> None:
    nodes = {pod["metadata"]["name"]: pod["spec"]["nodeName"] for pod in items(store, "pods")}
    for volume in items(store, "persistentvolumes"):
        claim = volume["spec"]["claimRef"]["name"]
        if claim.startswith("data-store-"):
            term = volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"][0]["matchExpressions"][0]
            assert term["values"] == [nodes[claim.removeprefix("data-")]]


def test_a_claim_grows_together_with_its_volume(store: Cluster) -> None:
    change = json.dumps({"spec": {"resources": {"requests": {"storage": "2Gi"}}}})
    store.kubectl("-n", SPACE, "patch", "pvc", "data-store-0", "-p", change)

    def grown() -> bool:
        claims = {item["metadata"]["name"]: item for item in items(store, "pvc")}
        volumes = {item["metadata"]["name"]: item for item in items(store, "persistentvolumes")}
        claim = claims["data-store-0"]
        volume = volumes[claim["spec"]["volumeName"]]
        return claim["status"]["capacity"]["storage"] == volume["spec"]["capacity"]["storage"] == "2Gi"

    wait_until(grown, "claim and volume of 2Gi")


def test_a_deleted_pod_comes_back_on_its_volume(store: Cluster) -> None:
    before = {pod["metadata"]["name"]: pod for pod in items(store, "pods")}["store-1"]
    store.kubectl("-n", SPACE, "delete", "pod", "store-1", "--timeout=20s")
    store.kubectl("-n", SPACE, "rollout", "status", "statefulset/store", "--timeout=30s")
    after = {pod["metadata"]["name"]: pod for pod in items(store, "pods")}["store-1"]
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    assert after["spec"]["nodeName"] == before["spec"]["nodeName"]


def test_a_deleted_claim_leaves_its_volume(store: Cluster) -> None:
    store.kubectl("-n", SPACE, "scale", "statefulset/store", "--replicas=2")
    wait_until(lambda: len(items(store, "pods")) == 2, "two pods left")
    store.kubectl("-n", SPACE, "delete", "pvc", "data-store-2", "--timeout=20s")

    def phase() -> str:
        volumes = {volume["spec"]["claimRef"]["name"]: volume for volume in items(store, "persistentvolumes")}
        return volumes["data-store-2"]["status"]["phase"]

    wait_until(lambda: phase() == "Released", "the volume is kept and released")


def test_a_job_completes(store: Cluster) -> None:
    store.kubectl("-n", SPACE, "create", "job", "once", "--image=once:1")
    answer = store.kubectl("-n", SPACE, "wait", "job/once", "--for=condition=Complete", "--timeout=20s")
    assert "condition met" in answer.stdout
