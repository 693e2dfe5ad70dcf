"""What may follow what: changes of a stack file that stores which hold data already can't follow.

Fewer nodes are no broken rule: whether a drain went before is only known in the cluster, and judged there.
"""

import typing
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain

from components.cloud.transitions import CLOUD_TRANSITIONS
from components.settings.environment import NAMESPACE, Tier
from components.settings.markers import Comparison
from components.settings.partial import section_of
from components.settings.programs import DESCRIBED
from components.settings.quantities import Bytes, Duration
from components.settings.recorded_state import RecordedField, recorded_field
from components.settings.report import Mistake
from components.settings.stack import StackSettings
from components.settings.texts import numbers
from components.settings.transition import Finding, Texts, TransitionRule, changed

#: What a person gave up on purpose, by its key in the record.
ALLOW_ORPHANED = "allowOrphaned"
#: What stands before the names of all namespaces, in which the data is.
NAMESPACE_PREFIX = "namespacePrefix"

_READ: dict[Comparison, Callable[[str], object]] = {
    Comparison.VERSION: numbers,
    Comparison.COUNT: int,
    Comparison.SIZE: Bytes.parse,
    Comparison.PERIOD: lambda text: date.fromisoformat(text.partition(" ")[0]),
    Comparison.SPAN: Duration.parse,
    Comparison.TIER: Tier,
}


def forbidden_transitions(before: Texts, after: Texts) -> list[Mistake]:
    """Why a stack can't go from one state to another, without looking into the cluster.

    Args:
        before: What is recorded of what is deployed, perhaps by an older release: keys unknown here are ignored, and
            keys it did not write yet bind nothing.
        after: What the stack file that is to follow would record.

    Returns:
        One mistake for each broken rule, paths beginning with `ballast:`; empty if the step may be taken.
    """
    unreadable = {key: text for key, text in chain(before.items(), after.items()) if not _is_readable(key, text)}
    findings: list[Finding] = [
        (key, f"is recorded as `{text}`, which can't be read, so no step from it can be judged", "correct the record")
        for key, text in unreadable.items()
    ]
    findings += _given_up_without_being_there(before, after)
    old = {key: text for key, text in before.items() if key not in unreadable and not _is_orphaned(key, after)}
    new = {key: text for key, text in after.items() if key not in unreadable}
    for rule in chain(_RULES, CLOUD_TRANSITIONS, *(program.transitions for program in DESCRIBED)):
        findings += rule(old, new)
    return [Mistake(_path(key), problem, remedy) for key, problem, remedy in findings]


def _is_readable(key: str, text: str) -> bool:
    known = recorded_field(key)
    try:
        _READ.get(known.recorded.compared, str)(text) if known else None
    except ValueError:
        return False
    return True


def _is_orphaned(key: str, after: Texts) -> bool:
    """Whether the file that follows gives this up, itself or with the section that holds it."""
    return any(f"{key}.".startswith(f"{given}.") for given in _given_up(after))


def _given_up(texts: Texts) -> list[str]:
    return [given for given in texts.get(ALLOW_ORPHANED, "").split(",") if given]


def _given_up_without_being_there(before: Texts, after: Texts) -> Iterator[Finding]:
    """What was given up by the last step may stand in the file for another one."""
    for given in _given_up(after) if before else ():
        if given not in _given_up(before) and not any(f"{key}.".startswith(f"{given}.") for key in before):
            yield ALLOW_ORPHANED, f"gives up {given}, and there is nothing of that name", "correct it, or leave it out"


def _path(key: str) -> tuple[str, ...]:
    first, *rest = key.split(".")
    return (f"{NAMESPACE}:{first}", *rest)


def _compared(old: Texts, new: Texts, kind: Comparison) -> Iterator[tuple[str, str, str, RecordedField]]:
    """Key, old and new text and field of each entry that is compared so, stands on both sides and differs."""
    for key, was in old.items():
        known = recorded_field(key)
        if known and known.recorded.compared is kind and new.get(key, was) != was:
            yield key, was, new[key], known


def _no_version_goes_back(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now, _ in _compared(old, new, Comparison.VERSION):
        if numbers(now) < numbers(was):
            yield (
                key,
                f"goes back from {was} to {now}: what {was} wrote can't be read by an older version",
                f"write {was} or newer; the way back is a snapshot of {now}, restored into a fresh store",
            )


def _no_version_is_skipped(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now, known in _compared(old, new, Comparison.VERSION):
        first, last = numbers(was), numbers(now)
        if last < first or not known.is_too_far(was, now):
            continue
        if not known.is_too_far(was, f"{first[0] + 1}.0.0"):
            problem = f"skips a major version from {was} to {now}: what {was} wrote is read by the next major only"
            yield key, problem, f"go to {first[0] + 1}.x first, and let all of it be written anew"
        elif last[0] > first[0]:
            problem = f"goes from {was} to the major version {last[0]}, of which it is not known here what it can read"
            yield key, problem, f"stay with {first[0]}.x until this platform knows the next one"
        else:
            problem = f"skips minor versions from {was} to {now}: storage is carried over one minor at a time"
            yield key, problem, f"go to {first[0]}.{first[1] + 1} first, until every pod runs it"


def _no_tier_goes_down(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now, _ in _compared(old, new, Comparison.TIER):
        if Tier(was).is_above(Tier(now)):
            problem = (
                f"goes down from {was} to {now}, and the rules of {was} would no longer guard the data that is there"
            )
            yield key, problem, f"write {was}; an environment of tier {now} is another stack"


def _no_namespace_moves(old: Texts, new: Texts) -> Iterator[Finding]:
    # An empty one is not recorded.
    was, now = (texts.get(NAMESPACE_PREFIX, "") for texts in (old, new))
    if old and was != now:
        problem = (
            f"changes from {was or 'none'} to {now or 'none'}: all namespaces would be made anew, and the data would "
            "stay in the old ones"
        )
        remedy = f"write {was}" if was else "leave it out"
        yield NAMESPACE_PREFIX, problem, f"{remedy}; a platform with another prefix is another stack"


def _volumes_stay_where_they_are(old: Texts, new: Texts) -> Iterator[Finding]:
    remedy = "elsewhere a fresh environment is restored from a snapshot"
    if any(_of_kind(old, Comparison.SIZE)):
        for key, was, now in changed(old, new, "cluster.storageClass.name"):
            problem = (
                f"changes from {was} to {now}, but volumes of the old one hold data, and none can change its class"
            )
            yield key, problem, f"write {was}; {remedy}"
    if _parts(old) or sum(int(text) for text in _of_kind(old, Comparison.COUNT)):
        for key, was, now in changed(old, new, "cluster.zones"):
            gone = [zone for zone in was.split(",") if zone not in now.split(",")]
            if gone:
                problem = f"lose {' and '.join(gone)}, where nodes and volumes may stand, which can't be moved"
                yield key, problem, f"write {was}; {remedy}"


def _of_kind(texts: Texts, kind: Comparison) -> Iterator[str]:
    for key, text in texts.items():
        known = recorded_field(key)
        if known and known.recorded.compared is kind:
            yield text


def _no_disk_shrinks(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now, _ in _compared(old, new, Comparison.SIZE):
        if Bytes.parse(now) < Bytes.parse(was):
            yield key, f"shrinks from {was} to {now}, which no volume can", f"write {was} or more"


def _no_store_is_left_behind(old: Texts, new: Texts) -> Iterator[Finding]:
    for part in sorted(_parts(old) - _parts(new)):
        yield (
            part,
            "is gone from the file, and its data would be left without an owner",
            f"write it back, or give it up: allowOrphaned: [{part}]",
        )


def _data_stays_where_it_is(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now, _ in _compared(old, new, Comparison.PLACE):
        problem = f"changes from {was} to {now}, where nobody finds what was written before, and nothing deletes it"
        remedy = (
            "write what it was, or copy to the new place what is still needed and give up what lies at the old one: "
            f"allowOrphaned: [{key}]"
        )
        yield key, problem, remedy


def _parts(texts: Texts) -> set[str]:
    """The parts of a stack that hold data and may be left out: sections, and entries of those that hold entries."""
    return {part for key in texts if (part := _part(key.split(".")))}


def _part(names: list[str]) -> str | None:
    infos = {info.alias: info for info in StackSettings.model_fields.values()}
    info = infos.get(names[0])
    if info is None or info.is_required() or section_of(info.annotation) is None:
        return None
    length = 2 if typing.get_origin(info.annotation) is dict else 1
    return ".".join(names[:length]) if len(names) > length else None


_RULES: tuple[TransitionRule, ...] = (
    _no_version_goes_back,
    _no_version_is_skipped,
    _no_tier_goes_down,
    _no_namespace_moves,
    _volumes_stay_where_they_are,
    _no_disk_shrinks,
    _no_store_is_left_behind,
    _data_stays_where_it_is,
)
