"""What data already written ties a stack to, as plain text that a later release can still read."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from components.settings.base import Settings
from components.settings.fields import Field, fields
from components.settings.markers import Comparison, Promoted, Recorded
from components.settings.stack import StackSettings


@dataclass(frozen=True)
class RecordedField:
    """A field that data already written ties a stack to.

    Attributes:
        field: What is known of it.
        recorded: How it is written and compared.
    """

    field: Field
    recorded: Recorded

    @property
    def path(self) -> tuple[str, ...]:
        """Keys from the stack down, `*` for the names of entries."""
        return (*self.field.path, "*") if self.field.is_of_entries else self.field.path

    def is_too_far(self, was: str, now: str) -> bool:
        """Whether a newer version skips one that has to lie between, as the field's own marker says."""
        marker = self.field.markers[0]
        return isinstance(marker, Promoted) and marker.is_too_far(was, now)


def recorded_state(stack: StackSettings) -> dict[str, str]:
    """Everything that data already written ties a stack to, by its key in the stack file.

    Sizes and versions are written as in the file, lists with commas, so that two equal stacks give equal texts.
    transitions.py judges what may follow what.

    Args:
        stack: A valid stack.
    """
    return {".".join(key): text for key, text in _texts(stack, ()) if text}


@functools.lru_cache(maxsize=1024)
def recorded_field(key: str) -> RecordedField | None:
    """The field that a key of a record belongs to; None for one of another release, which binds nothing here."""
    names = key.split(".")
    for known in _recorded_fields():
        if len(known.path) == len(names) and all(
            part in ("*", name) for part, name in zip(known.path, names, strict=True)
        ):
            return known
    return None


_LEFT_BEHIND = (Comparison.PLACE, Comparison.PERIOD, Comparison.COUNT, Comparison.GUARD)
"""What a step may leave behind. A version, a size or a zone is none of it: given up, only its guard would go."""


def may_be_given_up(key: str) -> bool:
    """Whether a key is a section or an entry that holds something recorded, or what a step may leave behind."""
    names = key.split(".")
    return any(
        (len(names) < len(known.path) or (len(names) == len(known.path) and known.recorded.compared in _LEFT_BEHIND))
        and all(part in ("*", name) for part, name in zip(known.path, names, strict=False))
        for known in _recorded_fields()
    )


@functools.cache
def _recorded_fields() -> tuple[RecordedField, ...]:
    return tuple(
        RecordedField(field, recorded)
        for field in fields(StackSettings)
        for recorded in field.info.metadata
        if isinstance(recorded, Recorded)
    )


def _texts(section: Settings, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, info in type(section).model_fields.items():
        value, key = getattr(section, name), (*above, info.alias or name)
        entries = {(*key, entry): below for entry, below in value.items()} if isinstance(value, dict) else {}
        for recorded in info.metadata:
            if isinstance(recorded, Recorded):
                recording = entries if isinstance(value, dict) else {key: value}
                kept = recorded.compared in (Comparison.PLACE, Comparison.PERIOD)
                yield from ((path, _text(recorded, one)) for path, one in recording.items() if one is not None or kept)
        for path, below in ({key: value} | entries).items():
            if isinstance(below, Settings):
                yield from _texts(below, path)


def _text(recorded: Recorded, value: object) -> str:
    if recorded.compared is Comparison.SET and isinstance(value, tuple):
        return ",".join(sorted(value))
    return recorded.text(value)
