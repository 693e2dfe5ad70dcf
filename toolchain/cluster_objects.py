"""What a fresh local cluster is furnished with: nodes, storage classes, kwok's stages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from toolchain.errors import ToolchainError

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_ZONES = ("local-a", "local-b", "local-c")
REGION = "local"
NODES = ("node-1", "node-2", "node-3")
STORAGE_CLASSES = ("local-retain", "gp3-retain")
_OWN_STAGES = Path(__file__).resolve().parent / "local"
# Generous: the simulated nodes run nothing, and prod's shape must fit beside dev's and beside tests.
_CAPACITY = {"cpu": "64", "memory": "512Gi", "ephemeral-storage": "1Ti", "pods": "500"}


def zones_of_nodes(zones: Sequence[str]) -> dict[str, str]:
    """The zone of each node; with fewer zones than nodes they are dealt out in turn.

    Raises:
        ToolchainError: no zone, or more zones than there are nodes.
    """
    if not 1 <= len(zones) <= len(NODES):
        raise ToolchainError(
            f"the local cluster has {len(NODES)} nodes: it takes 1 to {len(NODES)} zones, not {len(zones)}"
        )
    return {node: zones[position % len(zones)] for position, node in enumerate(NODES)}


def node_labels(node: str, zone: str) -> dict[str, str]:
    """The labels a kubelet and a cloud would give the node."""
    return {
        "kubernetes.io/hostname": node,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/region": REGION,
        "topology.kubernetes.io/zone": zone,
    }


def furniture(zones: Sequence[str]) -> str:
    """Nodes and storage classes as one JSON document for `kubectl apply`."""
    nodes = [
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {
                "name": node,
                "annotations": {"kwok.x-k8s.io/node": "fake"},
                "labels": node_labels(node, zone),
            },
            "status": {"capacity": _CAPACITY, "allocatable": _CAPACITY},
        }
        for node, zone in zones_of_nodes(zones).items()
    ]
    classes = [
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": name},
            "provisioner": "local.ballast/volume",
            "reclaimPolicy": "Retain",
            "allowVolumeExpansion": True,
            "volumeBindingMode": "WaitForFirstConsumer",
        }
        for name in STORAGE_CLASSES
    ]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": nodes + classes})


def stages(kwok: Path) -> str:
    """All stages as one YAML stream: kwok's own for nodes and pods, the project's for volumes and deleted pods.

    Args:
        kwok: the kwok program; the stages of its version lie beside it.
    """
    files = [*sorted((kwok.parent / "stages").glob("*.yaml")), *sorted(_OWN_STAGES.glob("*.yaml"))]
    return "\n---\n".join(path.read_text() for path in files)
