"""A value put in another's place: the characters of the value and no others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import yaml

from ops.promotion.layout import same, shifted

if TYPE_CHECKING:
    from ops.promotion.edits import Edits
    from ops.promotion.stack_text import Entry, StackText

_ENDS_A_PLAIN_VALUE_IN_BRACES = frozenset(",[]{}")


def replace(edits: Edits, source: StackText, target: StackText, path: tuple[str, ...], value: object) -> None:
    """Write a value at a key that the target's file has, as the source spells it where it says the same.

    Args:
        edits: Taken down here.
        source: Where the spelling is taken from.
        target: What is edited.
        path: The key, from the top of the file down.
        value: The value that is to stand there.

    Raises:
        RefusedError: The value can't be replaced for certain in the one file, or be taken from the other.
    """
    entry = target.entries[path]
    target.check(entry)
    colon = target.after_colon(entry)
    model = source.entries.get(path)
    if model is not None and not same(source.value(path), value):
        model = None
    if model is not None:
        source.check(model)
    if entry.is_inside_flow and entry.value.start_mark.line != entry.value.end_mark.line:
        raise target.unsafe(entry, "its value goes over several lines between braces")
    if model is not None and model.is_block and not entry.is_inside_flow:
        _remove(edits, target, entry, colon)
        past = target.start(target.last_line(entry) + 1)
        first, last = model.key.end_mark.line + 1, source.last_line(model)
        edits.insert(past, shifted(source, range(first, last + 1), entry.column - model.column, target.newline))
        return
    spelling = json.dumps(value, ensure_ascii=False) if model is None else _spelling(source, model, entry, value)
    if entry.is_block:
        _remove(edits, target, entry, colon)
        edits.insert(colon, f" {spelling}")
    elif target.raw(entry):
        start = entry.value.start_mark.index
        edits.delete(start, start + len(target.raw(entry)))
        edits.insert(start, spelling)
    else:
        edits.insert(colon, f" {spelling}")


def _remove(edits: Edits, target: StackText, entry: Entry, colon: int) -> None:
    """Cut out a value, and leave what stands beside its key."""
    if entry.is_block:
        edits.delete(target.start(entry.key.end_mark.line + 1), target.start(target.last_line(entry) + 1))
    else:
        edits.delete(colon, entry.value.start_mark.index + len(target.raw(entry)))


def _spelling(source: StackText, model: Entry, entry: Entry, value: object) -> str:
    raw = source.raw(model)
    is_plain = isinstance(model.value, yaml.ScalarNode) and model.value.style is None
    ends_early = entry.is_inside_flow and is_plain and _ENDS_A_PLAIN_VALUE_IN_BRACES.intersection(raw)
    # The parts of a value on several lines are indented for their old place.
    if not raw or "\n" in raw or model.is_block or ends_early:
        return json.dumps(value, ensure_ascii=False)
    return raw
