"""Another node joins production, fewer are refused, and so is its teardown."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine


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
