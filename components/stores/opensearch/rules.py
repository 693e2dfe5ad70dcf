"""Rules of the OpenSearch cluster."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from components.settings.base import NotReadError
from components.settings.environment import Tier
from components.settings.objectives import unmeasured
from components.settings.quantities import Bytes
from components.settings.report import KeyPath, Mistake
from components.settings.rule import QUORUM, Rule
from components.settings.stack import StackSettings
from components.stores.opensearch.settings import (
    CLUSTER,
    SHARDS_PER_HEAP_GIB,
    SHARDS_PER_NODE_FLOOR,
    NodePoolSettings,
    NodeRole,
    shards_per_node,
    stateful_set,
)

#: Under whichever registry.
STOCK_IMAGE = "opensearchproject/opensearch"
#: A majority that survives as many losses as it can: 1, 3 and 5 managers bear 0, 1 and 2.
MANAGER_COUNTS = (1, 3, 5)
#: A shard of more is slow to move and to search, and a state of more is none.
LARGEST_SHARD, LARGEST_STATE = Bytes(50 * 2**30), Bytes(2**40)
#: A pod carries its name and ten characters more as a label of at most 63; of a longer one every pod is refused.
LONGEST_STATEFUL_SET = 52


def _of_nodes(rule: Rule) -> Rule:
    """A rule for nodes of ours, which a stack with a domain in their place has not."""
    return lambda stack: rule(stack) if stack.opensearch.pools else ()


def _managers_form_a_majority(stack: StackSettings) -> Iterator[Mistake]:
    managers = stack.opensearch.managers
    if managers in MANAGER_COUNTS:
        return
    pools = [name for name, pool in stack.opensearch.pools.items() if NodeRole.CLUSTER_MANAGER in pool.roles]
    path = ("opensearch", "pools", pools[0], "nodes") if pools else ("opensearch", "pools")
    yield Mistake(
        path,
        f"{managers} nodes in all have the role cluster_manager; a majority needs 1, 3 or 5 of them",
        "make it 1, 3 or 5 over all pools",
    )


def _coordinating_stands_alone(stack: StackSettings) -> Iterator[Mistake]:
    for name, pool in stack.opensearch.pools.items():
        with suppress(NotReadError):
            if NodeRole.COORDINATING in pool.roles and len(pool.roles) > 1:
                problem = "has coordinating beside other roles, and means a node that has none of them"
                yield Mistake(("opensearch", "pools", name, "roles"), problem, "give coordinating nodes a pool")


def _some_node_holds_data(stack: StackSettings) -> Iterator[Mistake]:
    for role in (NodeRole.DATA, NodeRole.INGEST):
        if stack.opensearch.nodes_with(role) == 0:
            problem = f"no node has the role {role}, so nothing could be stored"
            yield Mistake(("opensearch", "pools"), problem, f"add {role} to the roles of a pool")


def _replicas_have_a_node_each(stack: StackSettings) -> Iterator[Mistake]:
    data, replicas = stack.opensearch.data_nodes, stack.opensearch.replicas
    if data and replicas >= data:
        yield Mistake(
            ("opensearch", "replicas"),
            f"is {replicas} with {data} data nodes: a copy and its primary never share a node, so shards would stay "
            "unassigned",
            f"write at most {data - 1}, or add data nodes",
        )


def _each_pool(check: Callable[[NodePoolSettings], Iterable[tuple[str, str, str]]]) -> Rule:
    """A rule for one pool, run on all of them; a pool that could not be read does not hide the others."""

    def rule(stack: StackSettings) -> Iterator[Mistake]:
        for name, pool in stack.opensearch.pools.items():
            try:
                found = list(check(pool))
            except NotReadError:
                continue
            for key, problem, remedy in found:
                yield Mistake(("opensearch", "pools", name, key), problem, remedy)

    return rule


def _heap_leaves_half_of_memory(pool: NodePoolSettings) -> Iterator[tuple[str, str, str]]:
    if pool.heap is None:
        return
    if pool.heap > pool.memory // 2:
        yield (
            "heap",
            f"is {pool.heap} of {pool.memory} memory; the other half serves the page cache and vector graphs",
            f"write at most {Bytes(pool.memory // 2)}, or leave heap out to get half",
        )


def _disk_can_be_filled(pool: NodePoolSettings) -> Iterator[tuple[str, str, str]]:
    heap = pool.heap_size
    most = Bytes(shards_per_node(heap) * LARGEST_SHARD if NodeRole.DATA in pool.roles else LARGEST_STATE)
    if pool.disk > most:
        shards = f"of its {shards_per_node(heap)} shards with {heap} of heap each holds up to {LARGEST_SHARD}"
        why = shards if NodeRole.DATA in pool.roles else "without the role data it holds the cluster's state alone"
        yield "disk", f"is {pool.disk}, which a node can't fill: {why}", f"write {most} or less, or more heap"


def _shards_fit_the_nodes(stack: StackSettings) -> Iterator[Mistake]:
    search = stack.opensearch
    room = sum(one.nodes * shards_per_node(one.heap_size) for one in search.holding_data)
    taken = 0
    for name, entry in search.indexes.items():
        taken += entry.shards * (1 + search.replicas)
        if room and taken > room:
            yield Mistake(
                ("opensearch", "indexes", name, "shards"),
                f"is {entry.shards}: one index of each kind up to here has {taken} shards with its copies, and the "
                f"data nodes take {room}: {SHARDS_PER_HEAP_GIB} for each Gi of heap, at least {SHARDS_PER_NODE_FLOOR}",
                "write fewer, or give the data nodes more heap",
            )
            return


def _snapshot_volume_serves_one_node(stack: StackSettings) -> Iterator[Mistake]:
    if stack.opensearch.snapshots.volume is not None and not stack.opensearch.is_single_node:
        yield Mistake(
            ("opensearch", "snapshots", "volume"),
            f"can be mounted by one node only, but there are {stack.opensearch.nodes}",
            "use s3, or a single node of all roles",
        )


def _s3_needs_the_derived_image(stack: StackSettings) -> Iterator[Mistake]:
    image = stack.opensearch.image
    if stack.opensearch.snapshots.s3 is not None and (image is None or image.endswith(STOCK_IMAGE)):
        yield Mistake(
            ("opensearch", "image"),
            f"is {image or 'empty'}, but snapshots go to s3 and the stock image lacks the plugin repository-s3",
            "build images/opensearch/Dockerfile and write the image's name here",
        )


def _patterns_do_not_overlap(stack: StackSettings) -> Iterator[Mistake]:
    patterns = [
        (name, index, pattern)
        for name, entry in stack.opensearch.indexes.items()
        for index, pattern in enumerate(entry.patterns)
    ]
    for (other, _, first), (name, index, second) in itertools.combinations(patterns, 2):
        if _overlap(first, second):
            yield Mistake(
                ("opensearch", "indexes", name, "patterns", index),
                f"{second} and {first} of {other} can match the same index, and only one template would win",
                "make the patterns start differently",
            )


def _overlap(first: str, second: str) -> bool:
    """Whether two patterns, whose only star is at the end, can match one name."""
    short, long = sorted((first, second), key=lambda pattern: len(pattern.removesuffix("*")))
    return long.startswith(short.removesuffix("*")) if short.endswith("*") else short == long.removesuffix("*")


def _prod_has_a_majority(stack: StackSettings) -> Iterator[Mistake]:
    if stack.tier is Tier.PROD and stack.opensearch.managers == 1:
        yield Mistake(
            ("opensearch", "pools"),
            "prod has one node of the role cluster_manager; it must survive the loss of one",
            "give the role to 3 or 5 nodes",
        )


def _prod_has_data_nodes(stack: StackSettings) -> Iterator[Mistake]:
    if stack.tier is Tier.PROD and 0 < stack.opensearch.data_nodes < QUORUM:
        yield Mistake(
            ("opensearch", "pools"),
            f"prod has {stack.opensearch.data_nodes} nodes of the role data; it needs one in each of three zones",
            "give the role to at least 3 nodes",
        )


def _prod_has_replicas(stack: StackSettings) -> Iterator[Mistake]:
    if stack.tier is Tier.PROD and stack.opensearch.replicas < 1:
        yield Mistake(
            ("opensearch", "replicas"),
            "is 0, but prod must not lose a shard with a node",
            "write at least 1 (2 survives the loss of two nodes)",
        )


def _pools_have_names_of_their_own(stack: StackSettings) -> Iterator[Mistake]:
    named: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pool in stack.opensearch.pools:
        for zone in stack.cluster.zones:
            named[stateful_set(CLUSTER, pool, zone)].append((pool, zone))
    for name, places in named.items():
        key: KeyPath = ("opensearch", "pools", places[0][0])
        (pool, zone), *others = dict.fromkeys(places)
        for other, elsewhere in others:
            yield Mistake(
                key,
                f"in zone {zone} and the pool {other} in zone {elsewhere} would both be the StatefulSet {name}",
                f"give one of the pools {pool} and {other} another name",
            )
        if len(name) > LONGEST_STATEFUL_SET:
            yield Mistake(
                key,
                f"in zone {zone} would be the StatefulSet {name} of {len(name)} characters, and the API server refuses "
                f"the pods of one above {LONGEST_STATEFUL_SET}",
                f"give the pool a name that is {len(name) - LONGEST_STATEFUL_SET} characters shorter, "
                "or name a zone that is",
            )


def _objectives_are_measured(stack: StackSettings) -> Iterator[Mistake]:
    yield from unmeasured("opensearch", stack.opensearch, stack.objectives, "availability")


OPENSEARCH_RULES: tuple[Rule, ...] = (
    _objectives_are_measured,
    _of_nodes(_managers_form_a_majority),
    _coordinating_stands_alone,
    _of_nodes(_some_node_holds_data),
    _replicas_have_a_node_each,
    _each_pool(_heap_leaves_half_of_memory),
    _each_pool(_disk_can_be_filled),
    _shards_fit_the_nodes,
    _of_nodes(_snapshot_volume_serves_one_node),
    _of_nodes(_s3_needs_the_derived_image),
    _patterns_do_not_overlap,
    _of_nodes(_prod_has_a_majority),
    _of_nodes(_prod_has_data_nodes),
    _prod_has_replicas,
    _pools_have_names_of_their_own,
)
