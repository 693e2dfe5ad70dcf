"""Keys that leave a file: their lines with the comments that belong to them, and sections that become empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.promotion.replacement import replace

if TYPE_CHECKING:
    from collections.abc import Collection

    from ops.promotion.edits import Edits
    from ops.promotion.stack_text import StackText


def gone(
    target: StackText, removed: Collection[tuple[str, ...]], filled: Collection[tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """The keys that go with all that is below them.

    Args:
        target: What is edited.
        removed: Paths of the keys that are to go.
        filled: Paths of keys that come; a section that gets one stays.
    """
    kept = {path[:length] for path in filled for length in range(1, len(path) + 1)}

    def goes(path: tuple[str, ...]) -> bool:
        if path in removed:
            return True
        below = target.children(path)
        if path in kept or not below:
            return False
        # An empty mapping is nothing of its own; there must be something else that goes.
        rest = [child for child in below if not target.entries[child].is_empty_mapping]
        return bool(rest) and all(goes(child) for child in rest)

    return [path for path in target.entries if len(path) > 1 and goes(path) and not goes(path[:-1])]


def remove(edits: Edits, source: StackText, target: StackText, paths: Collection[tuple[str, ...]]) -> None:
    """Take down what goes; a section that the source writes as `{}` is written so, and doesn't go.

    What comes must be taken down before.

    Raises:
        RefusedError: A key stands where no line is its own, or can't be cut out for certain.
    """
    lines: set[int] = set()
    for path in paths:
        entry, model = target.entries[path], source.entries.get(path)
        if model is not None and model.is_empty_mapping:
            replace(edits, source, target, path, {})
            continue
        target.check(entry)
        if entry.is_inside_flow:
            raise target.unsafe(entry, "it would have to be cut out between braces")
        lines.update(range(*target.region(entry)))
    for line in sorted(lines):
        edits.delete(target.start(line), target.start(line + 1))
    for first in (line for line in sorted(lines) if line - 1 not in lines):
        past = next(number for number in range(first, max(lines) + 2) if number not in lines)
        is_filled = any(target.start(first) <= offset <= target.start(past) for offset, _ in edits.insertions)
        # What stood apart takes one of its two empty lines with it, unless something comes in its place.
        if first > 0 and not is_filled and target.is_blank(first - 1) and target.is_blank(past):
            edits.delete(target.start(first - 1), target.start(first))
