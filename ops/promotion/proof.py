"""Proves that an edit did what it was to do, by reading both texts anew and without knowing how it was done."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from components.settings.envelope import ENVELOPE
from components.settings.report import SettingsError
from ops.errors import RefusedError
from ops.promotion.edits import Edits
from ops.promotion.layout import same
from ops.promotion.stack_text import StackText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.promotion.change import Change


def proof(before_text: str, after_text: str, changes: Sequence[Change], *, name: str) -> None:
    """Prove an edit of a stack file.

    Exactly the changed keys differ and have the intended values; every line that belongs to none of them is the same,
    byte for byte; what Pulumi itself keeps in the file and every encrypted value is the same.

    Args:
        before_text: What the file holds.
        after_text: What it is to hold.
        changes: What was to change; each key is written in one of the two.
        name: Name of the file, for messages.

    Raises:
        RefusedError: Something else changed, or something did not; a defect of the edit.
    """
    try:
        before, after = StackText(before_text, name), StackText(after_text, name)
    except SettingsError as error:
        raise defect(name, f"the edited text can't be read: {error.mistakes[0].problem}") from None
    if not same(_pruned(_expected(before.data, changes)), _pruned(after.data)):
        raise defect(name, "the edited text doesn't say what it should")
    if _untouchable(before) != _untouchable(after):
        raise defect(name, "what Pulumi keeps in the file, or an encrypted value, would change")
    tops = {top for change in changes for top in [_top(before, after, change.path)]}
    left, right = _rest(before, after, tops), _rest(after, before, tops)
    if {top for top in tops if (top in before.entries) != (top in after.entries)}:
        # An empty line may come and go with a section that stood apart.
        left, right = ([line for line in lines if line.strip()] for lines in (left, right))
    if left != right or before_text.startswith("\ufeff") != after_text.startswith("\ufeff"):
        raise defect(name, "a line would change that belongs to no changed key")
    if before_text.endswith("\n") != after_text.endswith("\n"):
        raise defect(name, "the end of the file would change")


def defect(name: str, what: str) -> RefusedError:
    """The refusal to write what was edited wrongly."""
    return RefusedError(
        f"{name}: {what}; this is a defect of ballast, which proves every edit before it is written. "
        "Nothing was written. Edit the file by hand, and report it with the file."
    )


def _expected(data: dict[str, Any], changes: Sequence[Change]) -> dict[str, Any]:
    expected = copy.deepcopy(data)
    for change in changes:
        *above, last = change.path
        section = expected
        for name in above:
            if not isinstance(section.get(name), dict):
                section[name] = {}
            section = section[name]
        if change.is_removal:
            section.pop(last, None)
        else:
            section[last] = change.value
    return expected


def _pruned(value: object) -> object:
    """The same without empty mappings, which a section becomes when its last entry goes."""
    if not isinstance(value, dict):
        return value
    below = {key: _pruned(child) for key, child in value.items()}
    return {key: child for key, child in below.items() if child != {}}


def _untouchable(text: StackText) -> dict[tuple[str, ...], str]:
    kept = [path for path in text.entries if path[0] in ENVELOPE[1:] or path[-1] == "secure"]
    return {path: text.raw(text.entries[path]) for path in kept}


def _top(before: StackText, after: StackText, path: tuple[str, ...]) -> tuple[str, ...]:
    """The key that an edit is about: the changed one, or the first above it that only one text has keys below."""
    for length in range(1, len(path)):
        found = before.entries.get(path[:length]), after.entries.get(path[:length])
        if not all(entry is not None and entry.is_section for entry in found):
            return path[:length]
    return path


def _rest(text: StackText, other: StackText, tops: set[tuple[str, ...]]) -> list[str]:
    """The lines without what belongs to the changed keys: only the value where the other text has the key too."""
    edits = Edits()
    for top in tops & text.entries.keys():
        entry = text.entries[top]
        first, past = entry.key.end_mark.line + 1, text.last_line(entry) + 1
        if top not in other.entries:
            first, past = text.region(entry)
        if top not in other.entries or entry.is_block:
            edits.delete(text.start(first), text.start(past))
        else:
            edits.delete(text.after_colon(entry), entry.value.start_mark.index + len(text.raw(entry)))
    return edits.applied(text.text).splitlines(keepends=True)
