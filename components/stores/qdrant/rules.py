"""Rules inside the vector store."""

from collections.abc import Callable, Iterable, Iterator

from components.settings.base import NotReadError
from components.settings.environment import Tier
from components.settings.quantities import Bytes
from components.settings.report import Mistake
from components.settings.rule import QUORUM, Rule
from components.settings.stack import StackSettings
from components.settings.texts import numbers
from components.stores.qdrant.settings import QdrantSettings

#: The first with memory tiers, which collections are declared with (search-stores, 2.3).
FIRST_VERSION = (1, 19, 0)
#: Settings and REST calls are known up to the major before this one.
FIRST_UNKNOWN_MAJOR = 2
#: The majority of two is two: the loss of either would stop every change of the cluster.
NO_MAJORITY = 2
#: Below it Qdrant's own segments and write-ahead logs leave no room for vectors.
SMALLEST_MEMORY = Bytes(512 * 2**20)
#: A write-ahead log alone takes 32 MiB for each shard, and a snapshot is built beside the data.
SMALLEST_DISK = Bytes(2**30)

#: Key below `qdrant`, problem and remedy.
Finding = tuple[str, str, str]


def _where_there_is_one(check: Callable[[QdrantSettings], Iterable[Finding]]) -> Rule:
    """A rule about Qdrant alone; a system without vectors keeps it."""

    def rule(stack: StackSettings) -> Iterator[Mistake]:
        if stack.qdrant is not None:
            for key, problem, remedy in check(stack.qdrant):
                yield Mistake(("qdrant", key), problem, remedy)

    return rule


def _version_is_supported(qdrant: QdrantSettings) -> Iterator[Finding]:
    version = numbers(qdrant.version)
    if version < FIRST_VERSION:
        problem = "is too old: before 1.19.0 a collection has no memory tier"
    elif version[0] >= FIRST_UNKNOWN_MAJOR:
        problem = f"is newer than this platform knows: below {FIRST_UNKNOWN_MAJOR}.0.0"
    else:
        return
    yield "version", f"{qdrant.version} {problem}", "write for example 1.19.0"


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


def _memory_is_enough(qdrant: QdrantSettings) -> Iterator[Finding]:
    if qdrant.memory < SMALLEST_MEMORY:
        problem = f"is {qdrant.memory}; a node needs at least {SMALLEST_MEMORY}"
        yield "memory", problem, f"write {SMALLEST_MEMORY} or more"


def _disk_is_enough(qdrant: QdrantSettings) -> Iterator[Finding]:
    if qdrant.disk < SMALLEST_DISK:
        yield "disk", f"is {qdrant.disk}; a node needs at least {SMALLEST_DISK}", f"write {SMALLEST_DISK} or more"


def _vectors_are_named_or_not(stack: StackSettings) -> Iterator[Mistake]:
    if stack.qdrant is None:
        return
    for name, collection in stack.qdrant.collections.items():
        try:
            unnamed, named = collection.vector is not None, bool(collection.vectors)
        except NotReadError:
            continue
        if unnamed == named:
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


QDRANT_RULES: tuple[Rule, ...] = (
    *map(
        _where_there_is_one,
        (_version_is_supported, _nodes_form_a_majority, _each_copy_has_a_node, _memory_is_enough, _disk_is_enough),
    ),
    _vectors_are_named_or_not,
    _prod_survives_the_loss_of_a_node,
)
