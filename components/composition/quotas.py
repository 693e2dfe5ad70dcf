"""How much of a Kubernetes cluster each namespace may use, out of the sizes in the stack file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.foundation.quota import Footprint, Quota, footprint
from components.settings.quantities import Bytes, Millicores

if TYPE_CHECKING:
    from collections.abc import Iterable

    from components.settings.snapshots import SnapshotsSettings
    from components.settings.stack import StackSettings
    from components.stores.qdrant.settings import QdrantSettings

SNAPSHOT_METRICS = Footprint(pods=1, cpu=Millicores(50), memory=Bytes(64 * 2**20))
"""The exporter of a namespace's snapshots."""

APPLICATION = Footprint(pods=2, cpu=Millicores(1000), memory=Bytes(2 * 2**30))
"""Room for an application that mounts an embedded volume: it runs where its volume is."""


MOST_NODES = 200
"""Nodes of the largest cluster whose every node still gets its agents; the stack file doesn't know their number."""


def search_quota(stack: StackSettings) -> Quota:
    """Return the quota of the search cluster with its console and its exporters."""
    footprints = [
        Footprint(pods=p.nodes, cpu=p.cpu, memory=p.memory, disk=p.disk) for p in stack.opensearch.pools.values()
    ]
    companions = (stack.console, stack.metrics_exporter, stack.data_prepper)
    footprints += [footprint(section) for section in companions if section is not None]
    return Quota(footprints=(*footprints, SNAPSHOT_METRICS), claims=tuple(_archives([stack.opensearch.snapshots])))


def vectors_quota(qdrant: QdrantSettings) -> Quota:
    """Return the quota of the vector store; each node has a second disk, on which its snapshots are built."""
    nodes = Footprint(pods=qdrant.nodes, cpu=qdrant.cpu, memory=qdrant.memory, disk=Bytes(2 * qdrant.disk))
    return Quota(footprints=(nodes, SNAPSHOT_METRICS), claims=tuple(_archives([qdrant.snapshots])))


def databases_quota(stack: StackSettings) -> Quota:
    """Return the quota of Chroma and of the embedded volumes, with room for the applications that mount them."""
    footprints, claims = [SNAPSHOT_METRICS], []
    if stack.chroma is not None:
        chroma = stack.chroma
        footprints.append(footprint(chroma))
        claims += _archives([chroma.snapshots])
    for volume in stack.volumes.values():
        footprints.append(APPLICATION)
        claims += [volume.disk, *_archives([volume.snapshots])]
    return Quota(footprints=tuple(footprints), claims=tuple(claims))


def observability_quota(stack: StackSettings) -> Quota:
    """Return the quota of what watches the platform, but for what stands on every node."""
    sections = [
        *(stack.prometheus_operator, stack.prometheus, stack.alertmanager, stack.kube_state_metrics),
        *(stack.collector.gateway, stack.loki, stack.tempo, stack.grafana),
    ]
    return Quota(footprints=tuple(footprint(section) for section in sections if section is not None))


def node_agents_quota(stack: StackSettings) -> Quota:
    """Return the quota of what stands on every node."""
    return Quota(footprints=(footprint(stack.collector.agent, MOST_NODES), footprint(stack.node_exporter, MOST_NODES)))


def _archives(snapshots: Iterable[SnapshotsSettings]) -> list[Bytes]:
    return [place.volume.size for place in snapshots if place.volume is not None]
