"""How long a stack keeps what, and which of it a change keeps for a shorter time."""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from components.settings.fields import fields
from components.settings.markers import KeptFor
from components.settings.promotion import Leaf, leaves
from components.settings.quantities import Duration
from components.settings.stack import StackSettings

PLATFORM = "ballast:platform:Platform"
"""The type of the component that says what the stack keeps."""

KEPT_FOR = "keptFor"
"""The input by which it says so."""

FOR_EVER = "for ever"
#: Stands in a part for every name that no entry says; no name holds it.
_ANY = "\0"


@dataclass(frozen=True)
class Kept:
    """One time, and what it holds for.

    Attributes:
        what: What is kept, as the key of the time that holds for all of it.
        key: Key of this time.
        time: In the stack file's spelling, or `FOR_EVER`.
        of: Which part of it, by the fields that say so; a text may end in a star. Empty for all the rest.
    """

    what: str
    key: str
    time: str
    of: Mapping[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """The time in seconds.

        Raises:
            ValueError: It is no time.
        """
        return math.inf if self.time == FOR_EVER else Duration.parse(self.time)

    def holds_for(self, part: Mapping[str, str]) -> bool:
        """Whether it speaks of a part, in which each name is given."""
        return all(
            part[name].startswith(text[:-1]) if text.endswith("*") else part[name] == text
            for name, text in self.of.items()
        )


@dataclass(frozen=True)
class Shorter:
    """What a change keeps for a shorter time.

    Attributes:
        key: The key that made it so: one that is new or has changed, or else one that is gone.
        what: In words, for example `loki.retention of namespace search`.
        was: How long it is kept.
        now: How long it would be.
    """

    key: str
    what: str
    was: str
    now: str


def kept_for(stack: StackSettings) -> list[Kept]:
    """Every time after which a stack deletes something, in the models' order."""
    found: list[Kept] = []
    values = leaves(stack)
    for known in fields(StackSettings):
        for kept in known.info.metadata:
            # What no entry speaks of is part of it, so that an entry that is new is seen to end something.
            if isinstance(kept, KeptFor) and kept.by and kept.otherwise is None:
                what = ".".join(known.path[:-2])
                found.append(Kept(what, what, FOR_EVER))
    for leaf in values.values():
        for kept in leaf.field.info.metadata:
            if isinstance(kept, KeptFor):
                found += _times(leaf, kept, values)
    return found


def _times(leaf: Leaf, kept: KeptFor, values: Mapping[tuple[str, ...], Leaf]) -> Iterator[Kept]:
    key = ".".join(leaf.key)
    what = ".".join(kept.otherwise or (leaf.key[:-2] if kept.by else leaf.key))
    said = {name: values[(*leaf.key[:-1], name)].value for name in kept.by}
    given = {name: value if isinstance(value, list) else [value] for name, value in said.items() if value is not None}
    for part in itertools.product(*given.values()):
        yield Kept(what, key, str(leaf.value or FOR_EVER), dict(zip(given, part, strict=True)))


def shortened(before: Iterable[Kept], after: Iterable[Kept]) -> list[Shorter]:
    """What is kept for a shorter time; what is not there any more on one side is no question of time.

    Raises:
        ValueError: A time can't be read.
    """
    old, new = _by_what(before), _by_what(after)
    return [shorter for what, times in new.items() if what in old for shorter in _shortened(old[what], times)]


def _by_what(times: Iterable[Kept]) -> dict[str, list[Kept]]:
    found: dict[str, list[Kept]] = {}
    for one in times:
        found.setdefault(one.what, []).append(one)
    return found


def _shortened(old: list[Kept], new: list[Kept]) -> Iterator[Shorter]:
    told: list[tuple[Kept, Kept, dict[str, str]]] = []
    for part in _parts([*old, *new]):
        was, now = _deciding(old, part), _deciding(new, part)
        if was is None or now is None or now.seconds >= was.seconds:
            continue
        named = {name: text for name, text in part.items() if text != _ANY}
        # What is said of all is not said again of each part.
        if any((was, now) == (one, other) and wider.items() <= named.items() for one, other, wider in told):
            continue
        told.append((was, now, named))
        words = ", ".join(f"{name} {text.replace(_ANY, '*')}" for name, text in named.items())
        what = f"{now.what} of {words}" if words else now.what
        yield Shorter(was.key if now in old else now.key, what, was.time, now.time)


def _parts(times: list[Kept]) -> list[dict[str, str]]:
    """Parts such that every entry holds for the whole of a part or for nothing of it, those with fewer names first."""
    names: dict[str, dict[str, None]] = {}
    for one in times:
        for name, text in one.of.items():
            names.setdefault(name, {_ANY: None})[text[:-1] + _ANY if text.endswith("*") else text] = None
    parts = [dict(zip(names, part, strict=True)) for part in itertools.product(*names.values())]
    return sorted(parts, key=lambda part: sum(text != _ANY for text in part.values()))


def _deciding(times: list[Kept], part: Mapping[str, str]) -> Kept | None:
    """The time that holds for a part, as Loki and index management choose it."""
    return min((one for one in times if one.holds_for(part)), key=lambda one: (-len(one.of), one.seconds), default=None)


def read_kept(data: object) -> list[Kept] | None:
    """Read what a program exported; None where nothing can be said, because there is nothing or it has another form.

    Args:
        data: A list of the fields of `Kept`.
    """
    if not isinstance(data, list) or not data:
        return None
    try:
        found = [Kept(**one) for one in data]
        [one.seconds for one in found]
        texts = [text for one in found for text in (one.what, one.key, *one.of.values())]
    except (AttributeError, TypeError, ValueError):
        return None
    return found if all(isinstance(text, str) for text in texts) else None
