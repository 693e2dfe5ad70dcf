"""Names as they stand in the cluster: no two objects of one kind share one, and none is too long for its pods."""

from collections import defaultdict
from collections.abc import Iterator

from components.settings.report import KeyPath, Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings
from components.settings.stores import STORE_KINDS
from components.stores.opensearch.settings import CLUSTER, stateful_set

LONGEST_STATEFUL_SET = 52
"""A pod carries its name and ten characters more as a label of at most 63; of a longer one every pod is refused."""
VOLUME_PARTS = ("archive", "archive-probe", "jobs", "restore", "snapshots")
"""What follows a volume's name in the names of what belongs to it."""


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


def _volumes_have_names_of_their_own(stack: StackSettings) -> Iterator[Mistake]:
    for name in stack.volumes:
        key: KeyPath = ("volumes", name)
        if name in {kind.section for kind in STORE_KINDS}:
            yield Mistake(key, f"is named like the store {name}", "give it a name that no section has")
        for other in stack.volumes:
            for part in VOLUME_PARTS:
                if name == f"{other}-{part}":
                    yield Mistake(
                        key,
                        f"is named like the {part} of the volume {other}, so both would be one object",
                        f"give it a name that is not that of another volume with -{part}",
                    )


NAME_RULES: tuple[Rule, ...] = (_pools_have_names_of_their_own, _volumes_have_names_of_their_own)
