"""A cluster without room: storage, volumes, zones and nodes that the declared pods would wait for for ever."""

from __future__ import annotations

import pytest

from ops.doctor.finding import Verdict
from ops.doctor.placement import check_placement, check_zones
from ops.doctor.storage import check_attachments, check_storage_class
from tests.engine.conftest import named
from toolchain.cluster_objects import DEFAULT_ZONES

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    ("broken", "harm"),
    [
        ({"reclaimPolicy": "Delete"}, "reclaimPolicy: Delete, so a volume would be deleted with its claim"),
        ({"allowVolumeExpansion": False}, "allowVolumeExpansion: false, so no disk could grow"),
        ({"volumeBindingMode": "Immediate"}, "volumeBindingMode: Immediate, so a volume would be made in any zone"),
        (
            {
                "allowedTopologies": [
                    {"matchLabelExpressions": [{"key": "topology.kubernetes.io/zone", "values": ["local-a"]}]}
                ]
            },
            "makes volumes in local-a only; pods in local-b, local-c would wait for ever",
        ),
        (None, "is not there (there is: gp3-retain, local-retain)"),
    ],
)
def test_a_storage_class_that_is_not_as_it_must_be_is_wrong(found, there, project, broken, harm):
    assert found(check_storage_class)[Verdict.WRONG] == []
    right = {
        "provisioner": "local.ballast/volume",
        "reclaimPolicy": "Retain",
        "allowVolumeExpansion": True,
        "volumeBindingMode": "WaitForFirstConsumer",
    }
    if broken is not None:
        there(named("storage.k8s.io/v1", "StorageClass", "broken", **right | broken))
    file = project / "Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("{name: local-retain}", "{name: broken}"))
    (line,) = found(check_storage_class)[Verdict.WRONG]
    assert harm in line
    assert "storage class broken: " in line


def test_volumes_beyond_what_nodes_attach_are_wrong(found, there, project):
    assert found(check_attachments)[Verdict.WRONG] == []
    there(named("storage.k8s.io/v1", "StorageClass", "attached", provisioner="csi.example.com"))
    file = project / "Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("{name: local-retain}", "{name: attached}"))
    driver = {"name": "csi.example.com", "nodeID": "n", "allocatable": {"count": 4}}
    there(*(named("storage.k8s.io/v1", "CSINode", f"node-{n}", spec={"drivers": [driver]}) for n in (1, 2, 3)))
    lines = found(check_attachments)
    assert "15 of together 102Gi are declared, and the nodes can attach 12" in lines[Verdict.WRONG][0]
    assert "can't be read through Kubernetes" in lines[Verdict.UNKNOWN][0]


def test_a_zone_without_nodes_is_named_with_the_zones_that_have_some(found, local_cluster):
    assert found(check_zones)[Verdict.WRONG] == []
    local_cluster.label_zones(("local-a", "local-b"))
    try:
        (line,) = found(check_zones)[Verdict.WRONG]
        assert "zone local-c: no node there is ready and takes pods (zones of nodes: local-a, local-b)" in line
        assert "Pulumi.dev.yaml: ballast:cluster.zones" in line
    finally:
        local_cluster.label_zones(DEFAULT_ZONES)


@pytest.mark.parametrize(
    ("shut", "opened"),
    [
        (("cordon", "node-3"), ("uncordon", "node-3")),
        (("taint", "node", "node-3", "of=others:NoSchedule"), ("taint", "node", "node-3", "of-")),
    ],
)
def test_a_node_that_takes_no_pods_counts_as_none(found, local_cluster, shut, opened):
    local_cluster.kubectl(*shut)
    try:
        (line,) = found(check_zones)[Verdict.WRONG]
        assert "zone local-c: no node there is ready and takes pods" in line
    finally:
        local_cluster.kubectl(*opened)


def test_pods_that_no_node_has_room_for_are_named_with_what_is_left(found, there):
    assert found(check_placement)[Verdict.WRONG] == []
    greedy = {"containers": [{"name": "a", "image": "a", "resources": {"requests": {"memory": "511.5Gi"}}}]}
    pods = [named("v1", "Pod", f"greedy-{n}", "default", spec=greedy | {"nodeName": f"node-{n}"}) for n in (1, 2, 3)]
    there(*pods)
    lines = found(check_placement)[Verdict.WRONG]
    (opensearch,) = [line for line in lines if "StatefulSet opensearch/" in line]
    assert "0 of 1 pods have a place: each asks for 500m processors and 2Gi" in opensearch
    assert "1 node(s) take it, and the most that is left on one is" in opensearch
