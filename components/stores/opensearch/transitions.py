"""What may follow what in a cluster that holds data already."""

from collections.abc import Iterator

from components.settings.texts import numbers
from components.settings.transition import Finding, Texts, TransitionRule, changed, named
from components.stores.opensearch.rules import MANAGER_COUNTS
from components.stores.opensearch.settings import NodeRole
from components.stores.opensearch.topology import nodes_by_zone

#: An index of OpenSearch 3 can only come from the last minor before it (search-stores, 2.2).
LAST_BEFORE_3 = (2, 19, 0)
_DOMAIN = "opensearch.managed.name"
_ELSEWHERE = (
    "a stack of its own takes the data from a snapshot (docs/managed-opensearch.md), and what is here may then be "
    "given up: allowOrphaned"
)


def _version_3_comes_after_the_last_minor_of_2(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now in changed(old, new, "opensearch.version"):
        first, last = numbers(was), numbers(now)
        if (LAST_BEFORE_3[0],) <= first < LAST_BEFORE_3 and last[0] == LAST_BEFORE_3[0] + 1:
            yield key, f"goes from {was} to {now}, but 3.x takes over only from 2.19.0 on", "go to 2.19 first"


def _nodes_stay_whose_they_are(old: Texts, new: Texts) -> Iterator[Finding]:
    before, after = (texts.get(_DOMAIN) for texts in (old, new))
    if after is not None and before is None and _pools(old):
        problem = f"would hold the data in place of {', '.join(_pools(old))}, but nothing moves it there"
        yield "opensearch.managed", problem, f"write pools as they were; {_ELSEWHERE}"
    if before is not None and after is None:
        problem = f"is gone from the file, but the domain {before} holds the data, and nothing moves it into nodes"
        yield "opensearch.managed", problem, f"write it back; {_ELSEWHERE}"


def _a_domain_keeps_its_nodes(old: Texts, new: Texts) -> Iterator[Finding]:
    for part in ("managers", "data"):
        for key, was, now in changed(old, new, f"opensearch.managed.{part}.nodes"):
            if int(now) < int(was):
                problem = f"goes down from {was} to {now}: AWS moves all that they hold to what is left, room or not"
                remedy = f"write {was}, or see that there is room and give them up: allowOrphaned: [{key}]"
                yield key, problem, remedy


def _managers_leave_two_at_a_time(old: Texts, new: Texts) -> Iterator[Finding]:
    if _DOMAIN in new:
        return
    was, now = _managers(old), _managers(new)
    next_lower = max((count for count in MANAGER_COUNTS if count < was), default=was)
    if now < next_lower:
        yield (
            "opensearch.pools",
            f"go from {was} to {now} nodes of the role cluster_manager; no majority bears the loss of more than two",
            f"go to {next_lower} first",
        )


def _managers(texts: Texts) -> int:
    return sum(
        int(texts.get(f"{pool}.nodes", "0"))
        for pool in _pools(texts)
        if NodeRole.CLUSTER_MANAGER in texts.get(f"{pool}.roles", "").split(",")
    )


def _pools(texts: Texts) -> list[str]:
    return [key.removesuffix(".nodes") for key in named("opensearch.pools.*.nodes", texts)]


def _pools_with_nodes_stay(old: Texts, new: Texts) -> Iterator[Finding]:
    for pool in () if _DOMAIN in new else _pools(old):
        nodes = old[f"{pool}.nodes"]
        if int(nodes) > 0 and f"{pool}.nodes" not in new:
            problem = f"is gone from the file, but had {nodes} node{'' if nodes == '1' else 's'}"
            yield pool, problem, "write it back, drain it and write nodes: 0; after that it may go"


def _nodes_keep_their_roles(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now in changed(old, new, "opensearch.pools.*.roles"):
        nodes = old.get(f"{key.removesuffix('.roles')}.nodes", "0")
        if int(nodes) > 0:
            problem = f"change from {was} to {now}, but {nodes} of its nodes hold what the old roles left on them"
            yield key, problem, "write the old roles, add a pool with the new ones and drain this pool"


def _nodes_keep_their_zones(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now in changed(old, new, "cluster.zones"):
        for pool in _pools(old):
            nodes = int(old[f"{pool}.nodes"])
            before = nodes_by_zone(nodes, was.split(","))
            # New nodes may fill new zones; that some leave is another question, and the cluster's.
            after = nodes_by_zone(max(nodes, int(new.get(f"{pool}.nodes", "0"))), now.split(","))
            left = [zone for zone, count in before.items() if zone in after and after[zone] < count]
            if left:
                problem = (
                    f"change from {was} to {now}, and a node of {pool} would move out of {left[0]}, with its volume"
                )
                yield key, problem, "keep their order and write new ones behind them, with nodes for each"
                return


OPENSEARCH_TRANSITIONS: tuple[TransitionRule, ...] = (
    _version_3_comes_after_the_last_minor_of_2,
    _nodes_stay_whose_they_are,
    _a_domain_keeps_its_nodes,
    _managers_leave_two_at_a_time,
    _pools_with_nodes_stay,
    _nodes_keep_their_roles,
    _nodes_keep_their_zones,
)
