"""Keys that only the source's file has, put where the source has them, with their comments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.errors import RefusedError
from ops.promotion.change import spoken
from ops.promotion.layout import shifted
from ops.promotion.replacement import replace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ops.promotion.edits import Edits
    from ops.promotion.stack_text import Entry, StackText

_NOTHING = ("", "~", "null", "Null", "NULL", "{}")


@dataclass(frozen=True)
class Insertion:
    """What is missing in a target.

    Attributes:
        source: The file that has it.
        target: The file that is edited.
        missing: The keys that are to be put in, by their paths.
    """

    source: StackText
    target: StackText
    missing: Collection[tuple[str, ...]]

    def take_down(self, edits: Edits) -> None:
        """Take down what is to be put in.

        Raises:
            RefusedError: The place is not safe, or the block holds keys that are not to travel.
        """
        tops = {self._top(path) for path in self.missing}
        # In the source's order, in which keys with the same neighbour follow each other.
        for top in (path for path in self.source.entries if path in tops):
            entry = self.source.entries[top]
            self._check_complete(top)
            self.source.check(entry)
            if top in self.target.entries:
                replace(edits, self.source, self.target, top, self.source.value(top))
            else:
                self._place(edits, entry)

    def _top(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """The first key on the way to a path that the target lacks, or has without anything below it."""
        for length in range(1, len(path)):
            found = self.target.entries.get(path[:length])
            if found is None:
                return path[:length]
            if not found.is_section:
                if self.target.raw(found).strip() not in _NOTHING:
                    raise self.target.unsafe(found, f"it holds a value where {self.source.name} has keys")
                return path[:length]
        return path

    def _check_complete(self, top: tuple[str, ...]) -> None:
        for path in self._others(self.source.entries[top]):
            raise RefusedError(
                f"{self.source.name}, line {self.source.entries[path].key.start_mark.line + 1}: {spoken(top)} isn't in "
                f"{self.target.name}, and {spoken(path)} in it is not among the values to promote. Nothing was "
                f"written. Write {spoken(top)} in {self.target.name} by hand, or promote all of it."
            )

    def _others(self, entry: Entry) -> Iterator[tuple[str, ...]]:
        if entry.path in self.missing or entry.is_empty_mapping:
            return
        if not entry.is_section:
            yield entry.path
        for child in self.source.children(entry.path) if entry.is_section else ():
            yield from self._others(self.source.entries[child])

    def _place(self, edits: Edits, entry: Entry) -> None:
        source, target = self.source, self.target
        siblings = target.children(entry.path[:-1])
        beside = target.entries[siblings[0]]
        target.check_siblings(beside)
        if beside.is_inside_flow:
            raise target.unsafe(beside, f"{spoken(entry.path)} would have to be added between braces")
        if entry.is_inside_flow:
            raise source.unsafe(entry, f"it stands between braces, and {target.name} has no such key yet")
        first, past = source.region(entry)
        block = shifted(source, range(first, past), beside.column - entry.column, target.newline)
        elder, younger = self._neighbours(entry)
        gap = target.newline
        if elder is not None or younger is None:
            line = target.region(target.entries[elder or siblings[-1]])[1]
            stands_apart = first > 0 and source.is_blank(first - 1)
            edits.insert(target.start(line), gap + block if stands_apart else block)
        else:
            line = target.region(target.entries[younger])[0]
            edits.insert(target.start(line), block + gap if source.is_blank(past) else block)

    def _neighbours(self, entry: Entry) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
        """The nearest sibling before a key in the source that the target has too, and the nearest after it."""
        siblings = self.source.children(entry.path[:-1])
        place = siblings.index(entry.path)
        before = (path for path in reversed(siblings[:place]) if path in self.target.entries)
        after = (path for path in siblings[place + 1 :] if path in self.target.entries)
        return next(before, None), next(after, None)
