"""How much of a Kubernetes cluster each namespace may use, out of the sizes in the stack file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.foundation.quota import Footprint, Quota
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
    footprints.append(Footprint(pods=stack.console.replicas, cpu=stack.console.cpu, memory=stack.console.memory))
    footprints.append(Footprint(pods=1, cpu=stack.metrics_exporter.cpu, memory=stack.metrics_exporter.memory))
    if stack.data_prepper is not None:
        prepper = stack.data_prepper
        footprints.append(Footprint(pods=prepper.replicas, cpu=prepper.cpu, memory=prepper.memory))
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
        footprints.append(Footprint(pods=1, cpu=chroma.cpu, memory=chroma.memory, disk=chroma.disk))
        claims += _archives([chroma.snapshots])
    for volume in stack.volumes.values():
        footprints.append(APPLICATION)
        claims += [volume.disk, *_archives([volume.snapshots])]
    return Quota(footprints=tuple(footprints), claims=tuple(claims))


def observability_quota(stack: StackSettings) -> Quota:
    """Return the quota of what watches the platform, but for what stands on every node."""
    gateway = stack.collector.gateway
    single = [section for section in (stack.loki, stack.tempo, stack.grafana) if section is not None]
    replicated = [
        (section.replicas, section.cpu, section.memory, section.disk)
        for section in (stack.prometheus, stack.alertmanager, gateway)
    ]
    footprints = [
        *(Footprint(pods=pods, cpu=cpu, memory=memory, disk=disk) for pods, cpu, memory, disk in replicated),
        *(Footprint(pods=1, cpu=one.cpu, memory=one.memory, disk=one.disk) for one in single),
        *(
            Footprint(pods=1, cpu=one.cpu, memory=one.memory)
            for one in (stack.prometheus_operator, stack.kube_state_metrics)
            if one is not None
        ),
    ]
    return Quota(footprints=tuple(footprints))


def node_agents_quota(stack: StackSettings) -> Quota:
    """Return the quota of what stands on every node."""
    agent, exporter = stack.collector.agent, stack.node_exporter
    return Quota(
        footprints=(
            Footprint(pods=MOST_NODES, cpu=agent.cpu, memory=agent.memory),
            Footprint(pods=MOST_NODES, cpu=exporter.cpu, memory=exporter.memory),
        )
    )


def _archives(snapshots: Iterable[SnapshotsSettings]) -> list[Bytes]:
    return [place.volume.size for place in snapshots if place.volume is not None]
