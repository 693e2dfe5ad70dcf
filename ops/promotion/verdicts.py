"""What follows for the target from two environments' values of one key, by its marker."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.settings.markers import Promoted, ScaleRule
from components.settings.secrets import SECRETS
from components.settings.versions import is_older
from ops.promotion.change import REMOVED, Change
from ops.promotion.row import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from components.settings.promotion import Leaf
    from ops.promotion.environment_view import EnvironmentView

    Key = tuple[str, ...]

#: Characters of a value within a sentence; a machine finds all of it in the cells.
LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Findings:
    """What a row says of its key; the attributes are those of `Row`."""

    verdict: Verdict
    words: str
    change: Change | None = None
    section: Key = ()


def shown(value: object, longest: int = LONGEST_SHOWN) -> str:
    """A value as the file could spell it on one line, shortened to some number of characters."""
    text = _spelled(value)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _spelled(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_spelled, value))}]"
    # What a terminal would obey instead of showing it is spelled out.
    return value if isinstance(value, str) and value.isprintable() else json.dumps(value)


def has_order(key: Key, marker: Promoted) -> bool:
    """Whether values of a key can be newer or older than others; a version that is an image tag counts too."""
    return marker.order == "semver" or key[-1] == "version"


def promoted(key: Key, leaf: Leaf, marker: Promoted, source: EnvironmentView, target: EnvironmentView) -> Findings:
    """Judge a value that is to become equal."""
    was, now = target.cell(key), source.cell(key)
    if was.is_absent != now.is_absent:
        return _one_sided(key, leaf, source, target)
    if was.value == now.value:
        return Findings(Verdict.SAME, "in neither" if was.is_absent else "same")
    if not now.is_written:
        words = f"remove {shown(was.value)} (default {shown(now.value)})"
        return Findings(Verdict.REMOVE, words, Change(key, REMOVED))
    change = Change(key, source.spelled(key))
    if not was.is_written:
        return Findings(Verdict.ADD, f"add {shown(now.value)} (default {shown(was.value)})", change)
    step = f"{shown(was.value)} -> {shown(now.value)}"
    if has_order(key, marker) and is_older(now.value, was.value):
        return Findings(Verdict.OLDER, f"older than in {target.environment} ({step})", change)
    return Findings(Verdict.PROMOTE, f"promote {step}", change)


def _one_sided(key: Key, leaf: Leaf, source: EnvironmentView, target: EnvironmentView) -> Findings:
    """Judge a value whose section or named entry only one of the two has.

    What consists of promoted values alone travels as it is. What also holds values of an environment can't be copied:
    a person writes it, and a person takes it away.
    """
    having, lacking = (target, source) if source.cell(key).is_absent else (source, target)
    section = _missing(key, leaf.field.path, lacking)
    own = having.own_keys(section)
    name = ".".join(section)
    if own and having is source:
        secrets = _secrets(section, target)
        more = f", and the secrets {', '.join(secrets)}" if secrets else ""
        words = f"write {name} into {target.environment} by hand, with its own {', '.join(own)}{more}"
        return Findings(Verdict.PENDING_SECTION, words, section=section)
    if own:
        words = f"{name} only in {target.environment}, not tried in {source.environment}"
        return Findings(Verdict.OWN_SECTION, words, section=section)
    cell = having.cell(key)
    if not cell.is_written:
        return Findings(Verdict.SAME, "default")
    if having is source:
        return Findings(Verdict.ADD, f"add {shown(cell.value)}", Change(key, source.spelled(key)))
    return Findings(Verdict.REMOVE, f"remove {shown(cell.value)}", Change(key, REMOVED))


def _secrets(section: Key, side: EnvironmentView) -> list[str]:
    """Secrets that a section needs and that a side's file does not hold."""
    needed = [name for name, secret in SECRETS.items() if secret.section and _is_within(secret.section, section)]
    return [name for name in needed if side.secret(name).is_absent]


def _is_within(inner: str, section: Key) -> bool:
    return tuple(inner.split("."))[: len(section)] == section


def _missing(key: Key, path: Key, side: EnvironmentView) -> Key:
    """The uppermost section or named entry on the way to a key that a side lacks."""
    for length in range(1, len(key)):
        entries_follow = path[length] == "*"  # of these each counts alone
        if not entries_follow and not side.has(key[:length]):
            return key[:length]
    return key


def bound(key: Key, source: EnvironmentView, target: EnvironmentView, others: Iterable[EnvironmentView]) -> Findings:
    """Judge a value that names one thing in the world: no other environment may name the same."""
    for side in (target, source):
        for other in (source, target, *others):
            place = other.place_of(key, side) if other is not side else None
            if place is not None:
                where = "" if place == key else f" at {'.'.join(place)}"
                words = f"bound: {side.environment} has the same {key[-1]} as {other.environment}{where}"
                return Findings(Verdict.REPEATED, words)
    return Findings(Verdict.BOUND, "bound")


def scaled(key: Key, leaf: Leaf, rule: ScaleRule, above: EnvironmentView, below: EnvironmentView) -> Findings:
    """Judge a size against that of the environment which values come to before."""
    upper, lower = _number(leaf, above.cell(key).value), _number(leaf, below.cell(key).value)
    if upper is None or lower is None:
        # One of them has no such section or entry, or leaves the size to be computed.
        return Findings(Verdict.SCALED, "scaled, one side only")
    broken = {ScaleRule.NEVER_SMALLER: lower < upper, ScaleRule.NEVER_LARGER: lower > upper}.get(rule, False)
    if not broken:
        return Findings(Verdict.SCALED, "scaled ok")
    word = "smaller" if lower < upper else "larger"
    return Findings(Verdict.OUT_OF_SCALE, f"scaled: {word} than in {above.environment} ({upper} -> {lower})")


def _number(leaf: Leaf, value: object) -> int | None:
    if not isinstance(value, str):
        return value if isinstance(value, int) else None
    quantity = leaf.field.quantity
    return None if quantity is None else quantity.parse(value)
