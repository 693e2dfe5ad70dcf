"""Production's shape, three zones, on the local cluster."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.harness.project import NAMESPACES

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def prod(stacks):
    """Production, brought up once."""
    stack = stacks("prod")
    stack.up()
    return stack


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


def test_a_second_preview_of_production_finds_nothing_to_change(prod):
    assert "unchanged" in prod.preview("--expect-no-changes")


def test_another_data_node_joins_without_touching_the_others(prod):
    before = {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in prod.objects("pods")}
    prod.change(
        "      data:\n        roles: [data, ingest]\n        nodes: 3",
        "      data:\n        roles: [data, ingest]\n        nodes: 4",
    )
    prod.up()
    after = {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in prod.objects("pods")}
    stores = {name: uid for name, uid in before.items() if "-data-" in name or "-manager-" in name}
    assert stores.items() <= after.items()
    assert len([name for name in after if "-data-" in name]) == 4
    assert prod.unready() == []


def test_fewer_nodes_are_refused_before_anything_is_changed(prod):
    before = {pod["metadata"]["uid"] for pod in prod.objects("pods")}
    prod.change("nodes: 4", "nodes: 3", section="opensearch")
    result = prod.pulumi("up", "--yes", "--non-interactive", "--skip-preview", check=False)
    prod.change(
        "      data:\n        roles: [data, ingest]\n        nodes: 3",
        "      data:\n        roles: [data, ingest]\n        nodes: 4",
    )
    assert result.returncode != 0
    assert (
        "ballast:opensearch: StatefulSet opensearch-data-eu-central-1a would have 1 of 2 nodes"
        in result.stdout + result.stderr
    )
    assert {pod["metadata"]["uid"] for pod in prod.objects("pods")} == before
    # The engine only notes that the namespace was refused, and applies it again.
    assert "~ 1 to update" in prod.preview()


def test_a_teardown_of_production_is_refused_and_deletes_nothing(prod):
    before = len(prod.objects("all"))
    result = prod.pulumi("destroy", "--yes", "--non-interactive", check=False)
    assert result.returncode != 0
    assert "cannot be deleted" in result.stdout + result.stderr
    assert "protected" in result.stdout + result.stderr
    assert len(prod.objects("all")) == before
