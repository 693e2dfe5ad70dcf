"""What everything else knows of Qdrant."""

from collections.abc import Iterator, Mapping, Sequence

from components.settings.footprint import Footprint
from components.settings.limit import COPIES, MI, Limits, memory
from components.settings.markers import Secret
from components.settings.quantities import Bytes
from components.settings.readiness import Readiness
from components.settings.rule import QUORUM
from components.settings.stack import StackSettings
from components.settings.store import Nodes, Restore, StoreKind
from components.settings.versions import Supported
from components.stores.qdrant.rules import QDRANT_RULES
from components.stores.qdrant.settings import CLUSTER, NAMESPACE, NODE_WORKLOAD, QdrantSettings
from components.stores.qdrant.transitions import QDRANT_TRANSITIONS

_DIMENSIONS = Limits(1, 65536, "Qdrant takes no more dimensions")


def _footprints(qdrant: QdrantSettings, _: StackSettings) -> Iterator[Footprint]:
    """Each node has a second disk, on which its snapshots are built."""
    yield Footprint(pods=qdrant.nodes, cpu=qdrant.cpu, memory=qdrant.memory, disk=Bytes(2 * qdrant.disk))


def _sets(qdrant: QdrantSettings, _: Sequence[str]) -> Mapping[str, int]:
    return {CLUSTER: qdrant.nodes}


def _drain_request(replicas: Mapping[str, int]) -> object:
    return replicas[CLUSTER]


def _majority(qdrant: QdrantSettings) -> tuple[int, str]:
    return qdrant.nodes, "nodes of qdrant"


QDRANT = StoreKind(
    section="qdrant",
    word="qdrant",
    namespace=NAMESPACE,
    prefix=CLUSTER,
    footprints=_footprints,
    majority=_majority,
    list_request={"list": True},
    restore=Restore(part="collections"),
    nodes=Nodes(workload=NODE_WORKLOAD, sets=_sets, request=_drain_request, self_healing=False),
    rules=QDRANT_RULES,
    transitions=QDRANT_TRANSITIONS,
    limits={
        # Segments and write-ahead logs leave no room for vectors below it.
        "qdrant.memory": memory(512 * MI, "a node needs at least 512Mi"),
        "qdrant.replication": Limits(1, COPIES.most, COPIES.why),
        "qdrant.collections.*.shards": Limits(1, 1000, "each has a write-ahead log and a thread of its own"),
        "qdrant.collections.*.vector.size": _DIMENSIONS,
        "qdrant.collections.*.vectors.*.size": _DIMENSIONS,
    },
    supported={"qdrant": Supported((1, 19, 0), 2, "before it a collection has no memory tier (search-stores, 2.3)")},
    secrets={
        "qdrantApiKey": Secret(
            purpose="key with which everything may be done in the vector store, and with which its nodes know each "
            "other",
            readers=("vector nodes", "vector jobs", "applications", "operator"),
            section="qdrant",
        ),
        "qdrantAlternativeApiKey": Secret(
            purpose="second key with the same rights, so that the two can be exchanged one after the other",
            readers=("vector nodes",),
            section="qdrant",
        ),
        "qdrantReadOnlyApiKey": Secret(
            purpose="key that only reads the vector store",
            readers=("vector nodes", "metrics", "applications"),
            section="qdrant",
        ),
    },
    ready=(
        Readiness(
            "vectors have a copy",
            lambda s: s.qdrant is None or (s.qdrant.nodes >= QUORUM and s.qdrant.replication > 1),
            "write nodes: 3 and replication: 2 in ballast:qdrant",
        ),
        Readiness(
            "Qdrant promises to answer",
            lambda s: s.qdrant is None or s.qdrant.availability is not None,
            "write ballast:qdrant.availability",
        ),
    ),
)
