"""A stack file's text, and where in it each key and value stands, comments included."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from components.settings.document import document_of
from ops.errors import RefusedError
from ops.promotion.change import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Line breaks to some readers of YAML and text to others, so lines can't be counted by them.
_ODD_BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
_COLON = re.compile(r"[ \t]*:")


@dataclass(frozen=True)
class Entry:
    """A key with its value.

    Attributes:
        path: Names from the top of the file down.
        key: The key as it is written.
        value: The value as it is written.
        parent: The mapping that holds both.
    """

    path: tuple[str, ...]
    key: yaml.ScalarNode
    value: yaml.Node
    parent: yaml.MappingNode

    @property
    def is_inside_flow(self) -> bool:
        """Whether it stands between braces, where no line is its own."""
        return bool(self.parent.flow_style)

    @property
    def is_block(self) -> bool:
        """Whether the value is a list or a mapping on lines of its own."""
        return isinstance(self.value, yaml.CollectionNode) and not self.value.flow_style

    @property
    def is_section(self) -> bool:
        """Whether the value holds further keys."""
        return isinstance(self.value, yaml.MappingNode) and bool(self.value.value)

    @property
    def is_empty_mapping(self) -> bool:
        """Whether the value is `{}`."""
        return isinstance(self.value, yaml.MappingNode) and not self.value.value

    @property
    def column(self) -> int:
        """Where the key begins in its line, counted from 0."""
        return self.key.start_mark.column


class StackText:
    """A stack file's text.

    Lines are counted from 0 and offsets in characters; the last line always ends with a line break here.

    Attributes:
        name: Name of the file, for messages.
        text: The text.
        newline: What ends its lines.
        data: What it says, plain.
        entries: Every key by its path, in the file's order; what lists hold is left out.
    """

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        odd = _ODD_BREAKS.search(text)
        if odd:
            raise RefusedError(
                f"{name}, line {text.count(chr(10), 0, odd.start()) + 1}: there is a line break that not every program "
                "takes for one. Nothing was written. Save the file with ordinary line breaks."
            )
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self._is_open = not text.endswith("\n")
        self.text = text + self.newline if self._is_open else text
        self._starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        document = document_of(self.text, name)
        if document.mistakes:
            first = document.mistakes[0]
            told = f"{name}, line {first.line}: {first.key}: {first.problem}"
            raise RefusedError(f"{told}. Nothing was written. {first.remedy[0].upper()}{first.remedy[1:]}.")
        self.data = document.data
        self.entries = {entry.path: entry for entry in _entries(document.root, ())}
        self._children: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for path in self.entries:
            self._children.setdefault(path[:-1], []).append(path)

    def written(self, text: str) -> str:
        """The text as the file is to hold it, without a last line break where it has none now."""
        return text.removesuffix(self.newline) if self._is_open else text

    def children(self, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        """Paths of the keys right below a path, in the file's order."""
        return self._children.get(path, [])

    def value(self, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - plain data
        """What the key at a path says."""
        found: Any = self.data
        for name in path:
            found = found[name]
        return found

    def raw(self, entry: Entry) -> str:
        """The characters of a value."""
        return self.text[entry.value.start_mark.index : value_end(entry.value)]

    def start(self, line: int) -> int:
        """Where a line begins; the end of the text for the line after the last."""
        return self._starts[line]

    def line_of(self, offset: int) -> int:
        """The line of a character."""
        return bisect_right(self._starts, offset) - 1

    def line(self, number: int) -> str:
        """A line without its line break."""
        return self.text[self._starts[number] : self._starts[number + 1]].rstrip("\r\n")

    def is_blank(self, number: int) -> bool:
        """Whether a line is empty; those before the first and after the last are."""
        return not 0 <= number < len(self._starts) - 1 or not self.line(number).strip()

    def after_colon(self, entry: Entry) -> int:
        """Where the colon of a key ends."""
        found = _COLON.match(self.text, entry.key.end_mark.index)
        if found is None:
            raise self.unsafe(entry, "no colon follows the key")
        return found.end()

    def last_line(self, entry: Entry) -> int:
        """The line on which a value ends."""
        end = value_end(entry.value)
        line = self.line_of(end)
        # A block of text ends where the next line begins.
        return line - 1 if end == self.start(line) else line

    def region(self, entry: Entry) -> tuple[int, int]:
        """The lines that belong to a key: comments directly above, the value, and comments indented below the key.

        Returns:
            The first line, and the first that no longer belongs to it.
        """
        key_line = entry.key.start_mark.line
        if self.line(key_line)[: entry.column].strip(" "):
            raise self.unsafe(entry, "its line begins with something else")
        first = key_line
        while first > self._ceiling(entry) and self._comment_column(first - 1) == entry.column:
            first -= 1
        past = looked = self.last_line(entry) + 1
        while looked < len(self._starts) - 1:
            if self._comment_column(looked) > entry.column:
                past = looked + 1
            elif not self.is_blank(looked):
                break
            looked += 1
        return first, past

    def _ceiling(self, entry: Entry) -> int:
        """First line after what stands before a key: its elder sibling's value, or the key of its section."""
        siblings = self.children(entry.path[:-1])
        place = siblings.index(entry.path)
        if place:
            return self.last_line(self.entries[siblings[place - 1]]) + 1
        above = self.entries.get(entry.path[:-1])
        return above.key.end_mark.line + 1 if above else 0

    def _comment_column(self, number: int) -> int:
        """Where the comment begins that a line consists of, -1 for any other line."""
        found = re.match(r" *(?=#)", self.line(number))
        return len(found[0]) if found else -1

    def check(self, entry: Entry) -> None:
        """Refuse a key whose value can't be moved or replaced for certain.

        Raises:
            RefusedError: It is encrypted, or holds an anchor, a tag, a merge key or a block of text.
        """
        for node in (entry.key, *_nodes(entry.value)):
            first = self.text[node.start_mark.index : node.start_mark.index + 1]
            if first in ("&", "!"):
                raise self.unsafe(entry, "an anchor or a tag stands there", node.start_mark.line)
            if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
                raise self.unsafe(entry, "it holds a block of text", node.start_mark.line)
            if isinstance(node, yaml.MappingNode):
                names = {str(key.value) for key, _ in node.value}
                if "secure" in names:
                    raise self.unsafe(entry, "it is encrypted, and no environment can read another's secrets")
        self.check_siblings(entry)

    def check_siblings(self, entry: Entry) -> None:
        """Refuse a key beside a merge key, which our reader and the engine's take differently.

        Raises:
            RefusedError: There is a merge key.
        """
        if any(key.value == "<<" for key, _ in entry.parent.value):
            raise self.unsafe(entry, "a merge key stands beside it")

    def unsafe(self, entry: Entry, reason: str, line: int | None = None) -> RefusedError:
        """The refusal to edit at a key."""
        number = (entry.key.start_mark.line if line is None else line) + 1
        return RefusedError(
            f"{self.name}, line {number}: {spoken(entry.path)} can't be edited safely: {reason}. Nothing was written. "
            "Edit this line by hand."
        )


def value_end(node: yaml.Node) -> int:
    """Where the characters of a value end; PyYAML ends a list or mapping of lines only where the next key begins."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style:
        return node.end_mark.index
    last = node.value[-1]
    return value_end(last[1] if isinstance(last, tuple) else last)


def _entries(node: yaml.Node, path: tuple[str, ...]) -> Iterator[Entry]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            yield Entry(here, key, value, node)
            yield from _entries(value, here)


def _nodes(node: yaml.Node) -> Iterator[yaml.Node]:
    yield node
    for child in node.value if isinstance(node, yaml.CollectionNode) else ():
        for one in child if isinstance(child, tuple) else (child,):
            yield from _nodes(one)
