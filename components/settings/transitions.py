"""What may follow what: changes of a stack file that stores which hold data already can't follow.

Fewer nodes are no broken step: whether a drain went before is only known in the cluster, and judged there.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from components.settings.quantities import Bytes
from components.settings.recorded_state import ALLOW_ORPHANED
from components.settings.report import Mistake
from components.settings.stack import NAMESPACE
from components.settings.texts import numbers
from components.stores.opensearch.rules import MANAGER_COUNTS
from components.stores.opensearch.settings import NodeRole

#: What commitments.py writes: texts by key.
Texts = Mapping[str, str]
#: Key without the leading `ballast:`, problem and remedy.
Finding = tuple[str, str, str]

#: An index of OpenSearch 3 can only come from the last minor before it (search-stores, 2.2).
LAST_BEFORE_3 = (2, 19, 0)

_VERSION = r"(opensearch|qdrant|chroma|loki|tempo|grafana)\.version"
_NODES = r"(opensearch\.pools\.[^.]+|qdrant)\.nodes"
_WITH_DISK = (
    r"opensearch|opensearch\.pools\.[^.]+|qdrant|chroma|volumes\.[^.]+|"
    r"prometheus|alertmanager|collector\.gateway|loki|tempo|grafana"
)
_SIZE = rf"({_WITH_DISK})\.(disk|snapshots\.volume\.size)"
#: Keys whose texts are compared as something other than texts; every other key may hold anything.
_COMPARED: tuple[tuple[str, Callable[[str], object]], ...] = ((_VERSION, numbers), (_NODES, int), (_SIZE, Bytes.parse))


def forbidden_transitions(before: Texts, after: Texts) -> list[Mistake]:
    """Why a stack can't go from one state to another, without looking into the cluster.

    Args:
        before: Commitments of what is deployed, perhaps written by an older release: keys unknown here are ignored, and
            keys it did not write yet bind nothing.
        after: Commitments of the stack file that is to follow.

    Returns:
        One mistake for each broken rule, paths beginning with `ballast:`; empty if the step may be taken.
    """
    unreadable = {key: text for key, text in chain(before.items(), after.items()) if not _is_readable(key, text)}
    findings: list[Finding] = [
        (key, f"is recorded as `{text}`, which can't be read, so no step from it can be judged", "correct the record")
        for key, text in unreadable.items()
    ]
    old = {key: text for key, text in before.items() if key not in unreadable and not _is_orphaned(key, after)}
    new = {key: text for key, text in after.items() if key not in unreadable}
    for rule in _RULES:
        findings += rule(old, new)
    return [Mistake(_path(key), problem, remedy) for key, problem, remedy in findings]


def _is_readable(key: str, text: str) -> bool:
    for pattern, read in _COMPARED:
        if re.fullmatch(pattern, key):
            try:
                read(text)
            except ValueError:
                return False
    return True


def _is_orphaned(key: str, after: Texts) -> bool:
    """Whether the file that follows gives this commitment up, itself or with the section that holds it."""
    return any(f"{key}.".startswith(f"{given}.") for given in after.get(ALLOW_ORPHANED, "").split(",") if given)


def _path(key: str) -> tuple[str, ...]:
    first, *rest = key.split(".")
    return (f"{NAMESPACE}:{first}", *rest)


def _changed(old: Texts, new: Texts, pattern: str) -> Iterator[tuple[str, str, str]]:
    """Key, old and new text of each entry that stands on both sides and differs."""
    for key, text in old.items():
        if re.fullmatch(pattern, key) and new.get(key, text) != text:
            yield key, text, new[key]


def _no_version_goes_back(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now in _changed(old, new, _VERSION):
        if numbers(now) < numbers(was):
            yield (
                key,
                f"goes back from {was} to {now}: what {was} wrote can't be read by an older version",
                f"write {was} or newer; the way back is a snapshot of {now}, restored into a fresh store",
            )


def _opensearch_takes_one_major_at_a_time(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now in _changed(old, new, r"opensearch\.version"):
        first, last = numbers(was), numbers(now)
        if last[0] > first[0] + 1:
            problem = f"skips a major version from {was} to {now}: an index is read by the next major only"
            yield key, problem, f"go to {first[0] + 1}.x first, and let every index be written anew"
        elif first < LAST_BEFORE_3 and last[0] > LAST_BEFORE_3[0]:
            yield key, f"goes from {was} to {now}, but 3.x takes over only from 2.19.0 on", "go to 2.19 first"


def _vector_stores_take_one_minor_at_a_time(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now in _changed(old, new, r"(qdrant|chroma)\.version"):
        first, last = numbers(was), numbers(now)
        if last[0] > first[0]:
            problem = f"goes from {was} to the major version {last[0]}, of which it is not known here what it can read"
            yield key, problem, f"stay with {first[0]}.x until this platform knows the next one"
        elif last[0] == first[0] and last[1] > first[1] + 1:
            problem = f"skips minor versions from {was} to {now}: storage is carried over one minor at a time"
            yield key, problem, f"go to {first[0]}.{first[1] + 1} first, until every pod runs it"


def _managers_leave_two_at_a_time(old: Texts, new: Texts) -> Iterator[Finding]:
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
    return [key.removesuffix(".nodes") for key in texts if re.fullmatch(r"opensearch\.pools\.[^.]+\.nodes", key)]


def _pools_with_nodes_stay(old: Texts, new: Texts) -> Iterator[Finding]:
    for pool in _pools(old):
        nodes = old[f"{pool}.nodes"]
        if int(nodes) > 0 and f"{pool}.nodes" not in new:
            problem = f"is gone from the file, but had {nodes} node{'' if nodes == '1' else 's'}"
            yield pool, problem, "write it back, drain it and write nodes: 0; after that it may go"


def _nodes_keep_their_roles(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now in _changed(old, new, r"opensearch\.pools\.[^.]+\.roles"):
        nodes = old.get(f"{key.removesuffix('.roles')}.nodes", "0")
        if int(nodes) > 0:
            problem = f"change from {was} to {now}, but {nodes} of its nodes hold what the old roles left on them"
            yield key, problem, "write the old roles, add a pool with the new ones and drain this pool"


def _volumes_stay_where_they_are(old: Texts, new: Texts) -> Iterator[Finding]:
    nodes = sum(int(text) for key, text in old.items() if re.fullmatch(_NODES, key))
    if not nodes and not _stores(old):
        return
    for key, was, now in _changed(old, new, r"cluster\.zones"):
        problem = f"change from {was} to {now}, but nodes and volumes stand in the old ones and can't be moved"
        yield key, problem, f"write {was}; elsewhere a fresh environment is restored from a snapshot"


def _no_disk_shrinks(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now in _changed(old, new, _SIZE):
        if Bytes.parse(now) < Bytes.parse(was):
            yield key, f"shrinks from {was} to {now}, which no volume can", f"write {was} or more"


def _no_store_is_left_behind(old: Texts, new: Texts) -> Iterator[Finding]:
    for store in sorted(_stores(old) - _stores(new)):
        yield (
            store,
            "is gone from the file, and its data would be left without an owner",
            f"write it back, or give it up: allowOrphaned: [{store}]",
        )


def _no_snapshot_is_left_behind(old: Texts, new: Texts) -> Iterator[Finding]:
    for key in old:
        store = key.removesuffix(".snapshots.volume.size")
        if store != key and key not in new and any(other.startswith(f"{store}.") for other in new):
            problem = "is gone from the file, and the snapshots on that volume would be left without an owner"
            yield key.removesuffix(".size"), problem, f"write it back, or give it up: allowOrphaned: [{key}]"


def _stores(texts: Texts) -> set[str]:
    found = (re.match(r"qdrant(?=\.)|chroma(?=\.)|loki(?=\.)|volumes\.[^.]+(?=\.)", key) for key in texts)
    return {match[0] for match in found if match}


def _an_engine_stays(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now in _changed(old, new, r"volumes\.[^.]+\.engine"):
        problem = f"changes from {was} to {now}, but {was} has written on the volume"
        yield key, problem, f"write {was}, and add a volume of another name for {now}"


def _a_collection_keeps_its_shape(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now in _changed(old, new, r"qdrant\.collections\.[^.]+"):
        problem = f"changes from {was} to {now}, which is fixed when a collection is created"
        yield key, problem, "write the old values, add a collection of another name, fill it and move the alias"


_RULES: tuple[Callable[[Texts, Texts], Iterator[Finding]], ...] = (
    _no_version_goes_back,
    _opensearch_takes_one_major_at_a_time,
    _vector_stores_take_one_minor_at_a_time,
    _managers_leave_two_at_a_time,
    _pools_with_nodes_stay,
    _nodes_keep_their_roles,
    _volumes_stay_where_they_are,
    _no_disk_shrinks,
    _no_store_is_left_behind,
    _no_snapshot_is_left_behind,
    _an_engine_stays,
    _a_collection_keeps_its_shape,
)
