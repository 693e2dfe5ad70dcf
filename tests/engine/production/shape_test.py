"""Production's shape, three zones, on the local cluster."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.harness.project import NAMESPACES

pytestmark = pytest.mark.engine


def zone_of_pods(stack, labels, namespace="opensearch"):
    nodes = stack.cluster.kubectl(
        "get",
        "nodes",
        "-o",
        r"jsonpath={range .items[*]}{.metadata.name}={.metadata.labels.topology\.kubernetes\.io/zone} ",
    ).stdout.split()
    zones = dict(node.split("=") for node in nodes)
    return Counter(
        zones[pod["spec"]["nodeName"]]
        for pod in stack.objects("pods", namespace)
        if labels.items() <= pod["metadata"]["labels"].items()
    )


def test_every_pod_of_production_is_ready_and_every_claim_bound(prod):
    assert prod.unready() == []
    assert len(prod.objects("statefulsets")) == 6
    claims = [claim for namespace in NAMESPACES for claim in prod.objects("persistentvolumeclaims", namespace)]
    assert {claim["status"]["phase"] for claim in claims} == {"Bound"}
    assert len(claims) == 25


def test_managers_and_data_are_spread_evenly_over_three_zones(prod):
    for role in ("ballast/cluster-manager", "ballast/holds-data"):
        assert list(zone_of_pods(prod, {role: "true"}).values()) == [1, 1, 1], role
    assert list(zone_of_pods(prod, {"app.kubernetes.io/component": "qdrant-node"}, "qdrant").values()) == [1, 1, 1]
