"""The vector store: its version, its nodes, its recovery objectives and its collections."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from components.settings.base import Settings
from components.settings.markers import Bound, Comparison, Promoted, Recorded, Scaled, ScaleRule, Section
from components.settings.matching import Matching
from components.settings.objectives import Share
from components.settings.platform_name import PlatformName
from components.settings.quantities import Bytes, Millicores
from components.settings.snapshots import SETS_ON_A_VOLUME, RecoverySettings, SnapshotsSettings, place_of_snapshots
from components.settings.texts import Namespace, Version

NAMESPACE = PlatformName("qdrant")
"""Where it runs."""

CLUSTER = "qdrant"
"""The cluster's name, with which those of its objects begin."""

NODE_WORKLOAD = "qdrant-node"
"""What its nodes are called among the workloads."""


#: A folder is made of this name; Qdrant takes more, which would have to be escaped in addresses and shells.
CollectionName = Annotated[
    str,
    Matching(
        "[A-Za-z][A-Za-z0-9_-]{0,99}",
        "a name of at most 100 letters, digits, `_` and `-` that begins with a letter",
        "documents",
    ),
]


class Distance(StrEnum):
    """How the nearness of two vectors is measured."""

    COSINE = "cosine"
    DOT = "dot"
    EUCLID = "euclid"
    MANHATTAN = "manhattan"


class Quantization(StrEnum):
    """How vectors are compressed for the first pass of a search."""

    NONE = "none"
    SCALAR = "scalar"
    BINARY = "binary"
    PRODUCT = "product"
    TURBO = "turbo"


class MemoryTier(StrEnum):
    """Where vectors are kept (Qdrant 1.19): read from disk, or in the page cache; `pinned` is for sparse ones only."""

    COLD = "cold"
    CACHED = "cached"


class VectorSettings(Settings):
    """One vector of each point."""

    size: Annotated[int, Promoted(), Field(ge=1, le=65536)]
    """Number of dimensions; fixed after creation."""
    distance: Annotated[Distance, Promoted()]
    """How nearness is measured; fixed after creation."""


class SparseModifier(StrEnum):
    """How the values of a sparse vector are weighed when it is searched."""

    NONE = "none"
    IDF = "idf"


class SparseVectorSettings(Settings):
    """A sparse vector of each point, such as the words of a text; always compared by its dot product."""

    modifier: Annotated[SparseModifier, Promoted()]
    """none, or idf, by which rare words count more (BM25 needs it); fixed after creation."""


class CollectionSettings(Settings):
    """A collection, created when it is missing and never dropped or altered."""

    vector: Annotated[VectorSettings | None, Section()] = None
    """The only vector of each point, without a name; exactly one of vector and vectors."""
    vectors: Annotated[dict[CollectionName, VectorSettings], Section(), Field(default_factory=dict)]
    """Several vectors of each point by name; exactly one of vector and vectors."""
    sparse_vectors: Annotated[dict[CollectionName, SparseVectorSettings], Section(), Field(default_factory=dict)]
    """Sparse vectors of each point by name, beside the others or alone."""
    shards: Annotated[int, Promoted(), Field(ge=1)]
    """Shards that points are spread over, fixed after creation; times replication, the most nodes that share work."""
    quantization: Annotated[Quantization, Promoted()] = Quantization.NONE
    """How vectors are compressed; none when left out."""
    memory: Annotated[MemoryTier, Promoted()] = MemoryTier.CACHED
    """Where vectors are kept; cached when left out."""


def shape(collection: CollectionSettings) -> str:
    """What is fixed on creation, for example `vector=1024/cosine shards=6` or `vectors=title:384/dot shards=6`."""
    if collection.vector is not None:
        vectors = f"vector={_vector(collection.vector)}"
    else:
        named = sorted(collection.vectors.items())
        vectors = "vectors=" + ",".join(f"{name}:{_vector(vector)}" for name, vector in named)
    if collection.sparse_vectors:
        sparse = sorted(collection.sparse_vectors.items())
        vectors += " sparse=" + ",".join(f"{name}:{vector.modifier}" for name, vector in sparse)
    return f"{vectors} shards={collection.shards}"


def _vector(vector: VectorSettings) -> str:
    return f"{vector.size}/{vector.distance}"


class QdrantSettings(Settings):
    """The vector store, Qdrant; a system without vectors leaves it out."""

    version: Annotated[
        Version, Promoted(order="semver", irreversible=True, max_step="minor"), Recorded(Comparison.VERSION)
    ]
    """Version of Qdrant; one minor at a time, no way back but a restore."""
    nodes: Annotated[int, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.COUNT), Field(ge=1)]
    """Number of nodes: 1, or 3 and more; fewer than before goes through a drain."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested by each node."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory of each node, requested and limited. At least 512Mi."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.SIZE)]
    """Disk of each node; it can grow and never shrinks. At least 1Gi."""
    replication: Annotated[int, Scaled(ScaleRule.NEVER_SMALLER), Field(ge=1)]
    """Copies of each shard in all, each on a node of its own: 1 with one node, otherwise 2 or more."""
    recovery: Annotated[RecoverySettings, Section()]
    """Recovery objectives; snapshots, alerts and drills are computed from them."""
    availability: Annotated[Share | None, Scaled(ScaleRule.FREE)] = None
    """Objective: share of its answers that are no errors of its own."""
    quick_answers: Annotated[Share | None, Scaled(ScaleRule.FREE)] = None
    """Objective: share of its answers that come within 100 milliseconds."""
    snapshots: Annotated[SnapshotsSettings, Section(), Recorded(Comparison.PLACE, place_of_snapshots)]
    """Where snapshots go."""
    open_to: Annotated[tuple[Namespace, ...], Bound()] = ()
    """Namespaces of applications, whose pods may reach it: https (6333) and gRPC (6334); they show one of its keys."""
    collections: Annotated[dict[CollectionName, CollectionSettings], Promoted(), Recorded(Comparison.TEXT, shape)]
    """Collections by name; one that is removed here stays in the store."""

    @property
    def snapshot_room(self) -> Bytes:
        """Size in bytes of the smallest volume that may hold its snapshots."""
        return Bytes(SETS_ON_A_VOLUME * self.nodes * self.disk)
