"""The OpenSearch cluster: its version, its pools of nodes, its recovery objectives and its indexes."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from components.settings.base import Settings
from components.settings.markers import Bound, Comparison, KeptFor, Promoted, Recorded, Scaled, ScaleRule, Section
from components.settings.objectives import Share
from components.settings.platform_name import PlatformName
from components.settings.quantities import Bytes, Duration, Millicores
from components.settings.snapshots import RecoverySettings, SnapshotsSettings, place_of_snapshots
from components.settings.texts import ImageName, IndexPattern, Namespace, ShortLabel, Version
from components.stores.opensearch.managed_settings import ManagedDataSettings, ManagedSettings

#: Above 32 GiB a JVM loses compressed object pointers; 31 GiB is the largest whole number below.
LARGEST_HEAP = Bytes(31 * 2**30)

SHARDS_PER_HEAP_GIB = 25
"""At most 25 shards per GiB of heap (AWS Lens AOSPERF01-BP01)."""

SHARDS_PER_NODE_FLOOR = 100
"""What plugins make themselves counts as well, one index a day among it: a dozen would be full within a week."""

SHARDS_PER_NODE_CEILING = 1000
"""OpenSearch's own default of `cluster.max_shards_per_node`."""


def shards_per_node(heap: Bytes) -> int:
    """Return `cluster.max_shards_per_node` for data nodes with this heap."""
    return max(SHARDS_PER_NODE_FLOOR, min(SHARDS_PER_NODE_CEILING, int(SHARDS_PER_HEAP_GIB * heap / 2**30)))


NAMESPACE = PlatformName("opensearch")
"""Where it runs."""

CLUSTER = "opensearch"
#: The service account of its nodes, which write snapshots.
NODE_ACCOUNT = f"{CLUSTER}-node"
"""The cluster's name, with which those of its objects begin."""

NODE_WORKLOAD = "opensearch-node"
"""What its nodes are called among the workloads."""


def stateful_set(cluster: str, pool: str, zone: str) -> str:
    """Return the name of the StatefulSet with a pool's nodes of a zone."""
    return f"{cluster}-{pool}-{zone}"


class NodeRole(StrEnum):
    """What a node of OpenSearch does."""

    CLUSTER_MANAGER = "cluster_manager"
    DATA = "data"
    INGEST = "ingest"
    ML = "ml"
    COORDINATING = "coordinating"
    """None of the others: it takes requests, asks the other nodes and puts their answers together."""


class NodePoolSettings(Settings):
    """Nodes of one kind."""

    roles: Annotated[tuple[NodeRole, ...], Bound(), Recorded(Comparison.SET), Field(min_length=1)]
    """What these nodes do: cluster_manager, data, ingest, ml (models); coordinating alone, for requests only."""
    nodes: Annotated[int, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.COUNT), Field(ge=0)]
    """Number of nodes; fewer than before goes through a drain, and 0 is a pool on its way out."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested by each node."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory of each node, requested and limited. At least 1Gi."""
    heap: Annotated[Bytes | None, Scaled(ScaleRule.NEVER_SMALLER)] = None
    """Java heap of each node; half of memory, at most 31Gi, when left out."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.SIZE)]
    """Disk of each node; it can grow and never shrinks. At least 1Gi."""

    @property
    def heap_size(self) -> Bytes:
        """Java heap of each node in bytes: as given, or half of memory and at most 31 GiB."""
        return self.heap if self.heap is not None else min(Bytes(self.memory // 2), LARGEST_HEAP)


class IndexSettings(Settings):
    """Indexes of one kind: their template and their lifecycle."""

    patterns: Annotated[tuple[IndexPattern, ...], Promoted(), Field(min_length=1)]
    """Index names the template applies to; no two entries may overlap."""
    shards: Annotated[int, Promoted(), Field(ge=1)]
    """Primary shards of each new index."""
    delete_after: Annotated[Duration | None, Promoted(), KeptFor(("patterns",))] = None
    """Age at which an index is deleted; null keeps it for ever."""


class OpenSearchSettings(Settings):
    """The OpenSearch cluster."""

    version: Annotated[
        Version, Promoted(order="semver", irreversible=True, max_step="major"), Recorded(Comparison.VERSION)
    ]
    """Version of OpenSearch, its console and its plugin for S3; one major at a time, no way back but a restore."""
    # Bound: what travels is the version; dev writes to a volume and so runs the stock image of the same version.
    image: Annotated[ImageName | None, Bound()] = None
    """Name of the derived image with repository-s3; null runs the stock image."""
    pools: Annotated[dict[ShortLabel, NodePoolSettings], Section(), Field(default_factory=dict)]
    """Pools of nodes by name; exactly one of pools and managed."""
    managed: Annotated[ManagedSettings | None, Section()] = None
    """A domain that AWS runs, in place of nodes in the cluster."""
    replicas: Annotated[int, Scaled(ScaleRule.NEVER_SMALLER), Field(ge=0)]
    """Copies of each shard beside the primary; fewer than there are data nodes."""
    recovery: Annotated[RecoverySettings, Section()]
    """Recovery objectives; snapshots, alerts and drills are computed from them."""
    availability: Annotated[Share | None, Scaled(ScaleRule.FREE)] = None
    """Objective: share of the time in which the cluster answers for all of its data."""
    snapshots: Annotated[SnapshotsSettings, Section(), Recorded(Comparison.PLACE, place_of_snapshots)]
    """Where snapshots go."""
    open_to: Annotated[tuple[Namespace, ...], Bound()] = ()
    """Namespaces of applications, whose pods may reach it: https (9200); they log in as the user `applications`."""
    indexes: Annotated[dict[ShortLabel, IndexSettings], Promoted()]
    """Kinds of indexes by name."""

    def nodes_with(self, role: NodeRole) -> int:
        """Number of nodes that hold a role, over all pools or in the domain."""
        if self.managed is not None:
            return {NodeRole.CLUSTER_MANAGER: self.managed.managers.nodes}.get(role, self.managed.data.nodes)
        return sum(pool.nodes for pool in self.pools.values() if role in pool.roles)

    @property
    def nodes(self) -> int:
        """Number of nodes over all pools, or in the domain."""
        if self.managed is not None:
            return self.managed.managers.nodes + self.managed.data.nodes
        return sum(pool.nodes for pool in self.pools.values())

    @property
    def holding_data(self) -> Sequence[NodePoolSettings | ManagedDataSettings]:
        """What its data nodes are: pools with any, or those of the domain."""
        if self.managed is not None:
            return [self.managed.data]
        return [pool for pool in self.pools.values() if NodeRole.DATA in pool.roles and pool.nodes]

    @property
    def managers(self) -> int:
        """Number of nodes that may be elected manager."""
        return self.nodes_with(NodeRole.CLUSTER_MANAGER)

    @property
    def data_nodes(self) -> int:
        """Number of nodes that hold shards."""
        return self.nodes_with(NodeRole.DATA)

    @property
    def snapshot_room(self) -> Bytes:
        """Size in bytes of the smallest volume that may hold its snapshots, which share what has not changed."""
        return max((pool.disk for pool in self.pools.values()), default=Bytes(0))

    @property
    def is_single_node(self) -> bool:
        """Whether the cluster is one node in all."""
        return self.nodes == 1
