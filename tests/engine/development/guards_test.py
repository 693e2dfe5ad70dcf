"""Fewer nodes, lost claims and steps that no store can follow: refused at preview, at `up`, and by the API server."""

from __future__ import annotations

import json
import re

import pytest

from tests.harness.project import uid_of

pytestmark = pytest.mark.engine

DRAIN = "system:serviceaccount:qdrant:qdrant-drain"


@pytest.fixture(scope="module")
def grown(dev):
    """Development with three nodes of Qdrant."""
    dev.change("size: 16Gi", "size: 40Gi", section="qdrant")
    dev.change("nodes: 1", "nodes: 3", section="qdrant")
    dev.change("replication: 1", "replication: 2", section="qdrant")
    dev.up()
    return dev


@pytest.fixture
def smaller(grown):
    """One node instead of three."""
    grown.change("nodes: 3", "nodes: 1", section="qdrant")
    grown.change("replication: 2", "replication: 1", section="qdrant")
    yield grown
    grown.change("nodes: 1", "nodes: 3", section="qdrant")
    grown.change("replication: 1", "replication: 2", section="qdrant")


def versions(stack):
    kinds = "statefulsets,persistentvolumeclaims,pods,configmaps,jobs"
    return {
        (namespace, item["kind"], item["metadata"]["name"]): item["metadata"]["resourceVersion"]
        for namespace in ("opensearch", "qdrant", "databases")
        for item in stack.objects(kinds, namespace)
    }


def test_growth_added_nodes_with_both_their_volumes_and_kept_the_first(grown):
    claims = {claim["metadata"]["name"] for claim in grown.objects("persistentvolumeclaims", "qdrant")}
    assert {f"{volume}-qdrant-{ordinal}" for volume in ("data", "snapshots") for ordinal in range(3)} <= claims
    assert grown.unready() == []
    assert "unchanged" in grown.preview("--expect-no-changes")


def test_fewer_nodes_are_refused_at_preview_and_the_command_is_named(smaller):
    before = versions(smaller)
    said = smaller.preview(check=False)
    assert "ballast:qdrant: StatefulSet qdrant would have 1 of 3 nodes" in said
    assert "./ballast drain" in said
    assert versions(smaller) == before


def test_fewer_nodes_are_refused_by_up_before_anything_is_touched(smaller):
    before = versions(smaller)
    result = smaller.pulumi("up", "--yes", "--non-interactive", "--skip-preview", check=False)
    assert result.returncode != 0
    assert "would have 1 of 3 nodes" in result.stdout + result.stderr
    assert versions(smaller) == before


def test_what_a_drain_took_away_is_accepted_and_can_be_added_again(grown, smaller):
    kubectl = grown.cluster.kubectl
    kubectl("scale", "statefulset", "qdrant", "--namespace", "qdrant", "--replicas", "1", "--as", DRAIN)
    kubectl("annotate", "namespace", "qdrant", "nodes.ballast/qdrant=1", "--overwrite", "--as", DRAIN)
    smaller.up()
    assert [s["spec"]["replicas"] for s in grown.objects("statefulsets", "qdrant")] == [1]
    assert len(grown.objects("persistentvolumeclaims", "qdrant")) == 7, "the claims of drained nodes stay"
    grown.change("nodes: 1", "nodes: 3", section="qdrant")
    grown.change("replication: 1", "replication: 2", section="qdrant")
    grown.up()
    assert [s["spec"]["replicas"] for s in grown.objects("statefulsets", "qdrant")] == [3]
    grown.change("nodes: 3", "nodes: 1", section="qdrant")
    grown.change("replication: 2", "replication: 1", section="qdrant")


def test_versions_that_no_store_can_follow_are_refused_together(grown):
    before = versions(grown)
    grown.change("version: 1.19.0", "version: 1.21.0", section="qdrant")
    grown.change("version: 3.8.0", "version: 3.7.0", section="opensearch")
    said = grown.preview(check=False)
    grown.change("version: 1.21.0", "version: 1.19.0", section="qdrant")
    grown.change("version: 3.7.0", "version: 3.8.0", section="opensearch")
    assert "ballast:opensearch.version: goes back from 3.8.0 to 3.7.0" in said
    assert "ballast:qdrant.version: skips minor versions from 1.19.0 to 1.21.0" in said
    assert versions(grown) == before


def test_a_store_that_is_left_out_of_the_file_is_refused(grown):
    text = grown.file.read_text()
    grown.leave_out("chroma")
    said = grown.preview(check=False)
    grown.file.write_text(text)
    assert "ballast:chroma: is gone from the file, and its data would be left without an owner" in said


def test_a_class_that_can_not_expand_or_lets_go_of_data_is_refused(grown):
    classes = (
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: stiff}\nprovisioner: kwok\n"
        "reclaimPolicy: Retain\nallowVolumeExpansion: false\n---\n"
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: loose}\nprovisioner: kwok\n"
        "reclaimPolicy: Delete\nallowVolumeExpansion: true\n"
    )
    grown.cluster.kubectl("apply", "--filename", "-", stdin=classes)
    for name, missing in (("stiff", "allowVolumeExpansion: true"), ("loose", "reclaimPolicy: Retain")):
        grown.change("{name: local-retain}", f"{{name: {name}}}")
        said = grown.preview(check=False)
        grown.change(f"{{name: {name}}}", "{name: local-retain}")
        grown.cluster.kubectl("delete", "storageclass", name)
        assert f"ballast:cluster.storageClass.name is {name}, a class that lacks {missing}:" in said


def test_both_volumes_of_every_node_grow_without_a_restart(grown):
    pods = {pod["metadata"]["uid"] for pod in grown.objects("pods", "qdrant") if pod["metadata"]["name"][-2:-1] == "-"}
    grown.change("size: 40Gi", "size: 60Gi", section="qdrant")
    grown.change("disk: 5Gi", "disk: 8Gi", section="qdrant")
    grown.up()
    sizes = {
        claim["metadata"]["name"]: claim["status"]["capacity"]["storage"]
        for claim in grown.objects("persistentvolumeclaims", "qdrant")
    }
    assert sizes.pop("qdrant-archive") == "60Gi"
    assert set(sizes.values()) == {"8Gi"}
    assert pods <= {pod["metadata"]["uid"] for pod in grown.objects("pods", "qdrant")}


def test_another_identity_is_refused_by_preview_and_up_before_any_object_is_replaced(grown):
    before = versions(grown)
    uid = uid_of(grown.cluster)
    text = grown.file.read_text(encoding="utf-8")
    # Loopback is for the local cluster alone, and would be refused before anybody looks at the identity.
    networks = r"(?m)^(\s+identity:).*\n(\s+nodeCidrs:).*\n((?:.*\n){4}\s+cidrs:).*$"
    changed, count = re.subn(networks, rf"\1 {uid}\n\2 [10.0.0.0/28]\n\3 [10.1.0.1/32]", text)
    assert count == 1
    grown.file.write_text(changed, encoding="utf-8")
    try:
        said = grown.preview(check=False)
        up = grown.pulumi("up", "--yes", "--non-interactive", "--skip-preview", check=False)
    finally:
        grown.file.write_text(text, encoding="utf-8")
    for one in (said, up.stdout + up.stderr):
        assert f"Pulumi.dev.yaml: ballast:cluster.identity changes from local to {uid}" in one
        assert "replaced (" not in one
        assert "to replace" not in one
    assert up.returncode != 0
    assert versions(grown) == before


@pytest.mark.parametrize("owner", ["ballast/another", None])
def test_a_namespace_of_another_owner_or_of_nobody_is_not_taken_over(grown, owner):
    """As a second stack would: by a server-side apply that is forced, at preview already."""
    given = ["--overwrite", f"ballast/owner={owner}"] if owner else ["ballast/owner-"]
    said = grown.cluster.kubectl("annotate", "namespace", "qdrant", *given, "--dry-run=server", check=False).stderr
    assert "the namespace qdrant belongs to the stack ballast/dev" in said
    assert (f"{owner} would take it over" if owner else "would belong to none") in said
    grown.cluster.kubectl("create", "namespace", "strangers")
    try:
        applied = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": "strangers",
                "labels": {"app.kubernetes.io/part-of": "ballast"},
                "annotations": {"ballast/owner": owner or "ballast/dev"},
            },
        }
        command = ("apply", "--server-side", "--force-conflicts", "--dry-run=server", "--filename=-")
        said = grown.cluster.kubectl(*command, stdin=json.dumps(applied), check=False).stderr
        assert "the namespace strangers belongs to no stack" in said
    finally:
        grown.cluster.kubectl("delete", "namespace", "strangers")


@pytest.mark.usefixtures("grown")
def test_a_second_stack_is_refused_at_preview_and_the_namespace_and_its_owner_are_named(stacks):
    second = stacks("staging")
    said = second.preview(check=False)
    assert "the namespace opensearch belongs to the stack ballast/dev, and ballast/staging would take it over" in said
