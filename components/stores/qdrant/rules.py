"""Rules inside the vector store."""

from collections.abc import Callable, Iterable, Iterator

from components.settings.base import NotReadError
from components.settings.environment import Tier
from components.settings.objectives import unmeasured
from components.settings.quantities import Bytes
from components.settings.recovery import kept_sets
from components.settings.report import Mistake
from components.settings.rule import QUORUM, Rule
from components.settings.stack import StackSettings
from components.stores.qdrant.settings import QdrantSettings

#: The majority of two is two: the loss of either would stop every change of the cluster.
NO_MAJORITY = 2
#: A segment of a shard's write-ahead log, and the next one, which is made ahead (`wal_capacity_mb`, 32).
LOG_PER_SHARD = 2 * 32 * 2**20

#: A copy in a set has its write-ahead log and the files of its segments, however few points are in it. A set of 5,113
#: points took 1.08 GB on a real server: this is a sixth of it, as dev's collection has six copies.
LEAST_OF_A_COPY = 172 * 2**20

#: Key below `qdrant`, problem and remedy.
Finding = tuple[str, str, str]


def _where_there_is_one(check: Callable[[QdrantSettings], Iterable[Finding]]) -> Rule:
    """A rule about Qdrant alone; a system without vectors keeps it."""

    def rule(stack: StackSettings) -> Iterator[Mistake]:
        if stack.qdrant is not None:
            for key, problem, remedy in check(stack.qdrant):
                yield Mistake(("qdrant", key), problem, remedy)

    return rule


def _nodes_form_a_majority(qdrant: QdrantSettings) -> Iterator[Finding]:
    if qdrant.nodes == NO_MAJORITY:
        yield (
            "nodes",
            "is 2: with either of them lost no majority is left, so two nodes fail more often than one",
            "write 1 or 3",
        )


def _each_copy_has_a_node(qdrant: QdrantSettings) -> Iterator[Finding]:
    nodes, copies = qdrant.nodes, qdrant.replication
    if copies > nodes:
        yield (
            "replication",
            f"is {copies} with {nodes} node{'' if nodes == 1 else 's'}: two copies of a shard never share a node",
            f"write at most {nodes}, or add nodes",
        )
    elif nodes > 1 and copies == 1:
        yield (
            "replication",
            f"is 1 with {nodes} nodes: the loss of any one of them would take its shards along",
            "write 2 or more",
        )


def _each_node_has_a_shard(stack: StackSettings) -> Iterator[Mistake]:
    qdrant = stack.qdrant
    if qdrant is None:
        return
    logs = 0
    for name, collection in qdrant.collections.items():
        path = ("qdrant", "collections", name, "shards")
        copies = collection.shards * qdrant.replication
        logs += copies * LOG_PER_SHARD // qdrant.nodes
        if copies < qdrant.nodes:
            yield Mistake(
                path,
                f"is {collection.shards}, times {qdrant.replication} copies, for {qdrant.nodes} nodes: some would hold "
                "nothing, and the number is fixed after creation",
                f"write {-(-qdrant.nodes // qdrant.replication)} or more",
            )
        elif logs > qdrant.disk // 2:
            yield Mistake(
                path,
                f"is {collection.shards}: the write-ahead logs of all shards up to here take {Bytes(logs)} of each "
                f"node's disk of {qdrant.disk}",
                "write fewer, or a larger disk",
            )
            return


def _snapshot_volume_holds_its_sets(stack: StackSettings) -> Iterator[Mistake]:
    """Twice the disks is too little where many small sets are kept."""
    qdrant = stack.qdrant
    if qdrant is None or qdrant.snapshots.volume is None:
        return
    kept = kept_sets(qdrant.recovery)
    least = (
        sum(one.shards for one in qdrant.collections.values()) * min(qdrant.replication, qdrant.nodes) * LEAST_OF_A_COPY
    )
    # The next one is there in whole before the oldest goes.
    room = Bytes(-(-(kept + 1) * least // 2**30) * 2**30)
    # Below twice the disks another rule speaks.
    if qdrant.snapshot_room <= qdrant.snapshots.volume.size < room:
        yield Mistake(
            ("qdrant", "snapshots", "volume", "size"),
            f"is {qdrant.snapshots.volume.size}: {kept} sets are kept, and each takes at least {Bytes(least)}, "
            f"{Bytes(LEAST_OF_A_COPY)} for each copy of a shard, however few points are in it",
            f"write {room} or more, or a shorter retention, or s3",
        )


def _vectors_are_named_or_not(stack: StackSettings) -> Iterator[Mistake]:
    if stack.qdrant is None:
        return
    for name, collection in stack.qdrant.collections.items():
        try:
            unnamed, named = collection.vector is not None, bool(collection.vectors)
            sparse, twice = bool(collection.sparse_vectors), collection.vectors.keys() & collection.sparse_vectors
        except NotReadError:
            continue
        for vector in sorted(twice):
            path = ("qdrant", "collections", name, "sparseVectors", vector)
            yield Mistake(path, "is the name of a dense vector too, and Qdrant knows each by its name", "rename one")
        if unnamed == named and (named or not sparse):
            yield Mistake(
                ("qdrant", "collections", name),
                f"must have exactly one of vector and vectors, but has {'both' if named else 'neither'}",
                "write vector: {size: 1024, distance: cosine}, or the same below a name in vectors",
            )


def _prod_survives_the_loss_of_a_node(stack: StackSettings) -> Iterator[Mistake]:
    if stack.tier is Tier.PROD and stack.qdrant is not None and stack.qdrant.nodes == 1:
        yield Mistake(
            ("qdrant", "nodes"),
            "is 1, but prod must survive the loss of a node",
            f"write {QUORUM} or more, and 2 or more for replication",
        )


def _objectives_are_measured(stack: StackSettings) -> Iterator[Mistake]:
    if stack.qdrant is not None:
        yield from unmeasured("qdrant", stack.qdrant, stack.objectives, "availability", "quick_answers")


QDRANT_RULES: tuple[Rule, ...] = (
    _objectives_are_measured,
    *map(
        _where_there_is_one,
        (_nodes_form_a_majority, _each_copy_has_a_node),
    ),
    _each_node_has_a_shard,
    _snapshot_volume_holds_its_sets,
    _vectors_are_named_or_not,
    _prod_survives_the_loss_of_a_node,
)
