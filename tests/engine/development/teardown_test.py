"""A teardown keeps what holds data and says so, and `up` finds it again."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine


def archive_size(stack):
    (archive,) = [
        claim
        for claim in stack.objects("persistentvolumeclaims", "qdrant")
        if claim["metadata"]["name"] == "qdrant-archive"
    ]
    return archive["spec"]["resources"]["requests"]["storage"]


def test_a_teardown_keeps_what_holds_data_and_says_so_and_up_finds_it_again(dev):
    claims = {claim["metadata"]["uid"] for claim in dev.objects("persistentvolumeclaims")}
    # Written by the bootstrap job; where that did not run here, by this test.
    record = ("configmap", "opensearch-bootstrap", "--namespace", "opensearch")
    dev.cluster.kubectl("create", *record, "--from-literal=cluster_uuid=first", check=False)
    result = dev.pulumi("destroy", "--yes", "--non-interactive")
    assert "opensearch-namespace deleted" in result.stdout
    assert "[retain]" in result.stdout
    assert {claim["metadata"]["uid"] for claim in dev.objects("persistentvolumeclaims")} == claims
    assert dev.objects("statefulsets") == []
    assert dev.objects("deployments") == []
    left = dev.cluster.kubectl("delete", "pvc", "--all", "--namespace", "opensearch", "--wait=false", check=False)
    assert "holds data and stays" in left.stderr, "what was kept is guarded still"
    # What was kept belongs to the fields' manager of an engine that is gone, and grows all the same.
    size = archive_size(dev)
    dev.change(f"size: {size}", "size: 64Gi", section="qdrant")
    dev.up()
    assert dev.unready() == []
    assert {claim["metadata"]["uid"] for claim in dev.objects("persistentvolumeclaims")} == claims
    records = [c for c in dev.objects("configmaps") if c["metadata"]["name"] == "opensearch-bootstrap"]
    assert [record["data"]["cluster_uuid"] for record in records] == ["first"]
    assert archive_size(dev) == "64Gi"
