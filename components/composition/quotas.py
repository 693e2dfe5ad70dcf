"""How much of a Kubernetes cluster each namespace may use, out of the sizes in the stack file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.foundation.quota import Quota
from components.settings.footprint import Footprint, footprint
from components.settings.programs import TELEMETRY
from components.settings.quantities import Bytes, Millicores
from components.settings.stores import stores

if TYPE_CHECKING:
    from components.settings.platform_name import PlatformName
    from components.settings.stack import StackSettings

SNAPSHOT_METRICS = Footprint(pods=1, cpu=Millicores(50), memory=Bytes(64 * 2**20))
"""The exporter of a namespace's snapshots."""

MOST_NODES = 200
"""Nodes of the largest cluster whose every node still gets its agents; the stack file doesn't know their number."""


def stores_quota(stack: StackSettings, namespace: PlatformName) -> Quota:
    """Return the quota of a namespace of stores, with room for all that stands around them."""
    footprints, claims = [SNAPSHOT_METRICS], []
    for store in stores(stack):
        if store.kind.namespace == namespace:
            footprints += store.kind.footprints(store.settings, stack)
            claims += store.kind.claims(store.settings)
            archive = store.settings.snapshots.volume
            claims += [archive.size] if archive is not None else []
    return Quota(footprints=tuple(footprints), claims=tuple(claims))


def observability_quota(stack: StackSettings) -> Quota:
    """Return the quota of what watches the platform, but for what stands on every node."""
    sections = [section for program in TELEMETRY for section in program.pods(stack)]
    return Quota(footprints=tuple(footprint(section) for section in sections if section is not None))


def node_agents_quota(stack: StackSettings) -> Quota:
    """Return the quota of what stands on every node."""
    return Quota(footprints=(footprint(stack.collector.agent, MOST_NODES), footprint(stack.node_exporter, MOST_NODES)))
