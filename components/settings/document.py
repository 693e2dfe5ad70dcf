"""A stack file as plain data, with the line on which every key stands."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.settings.characters import named
from components.settings.report import KeyPath, Mistake, SettingsError
from components.settings.scalars import TIME, Loader, Misread, scalar
from components.settings.shown import shown

#: Ten times what any stack file holds; YAML in Python takes a minute for some megabytes, and seconds for so many lines.
LARGEST_FILE, MOST_LINES = 2**18, 2500

#: Ten times what any section or list of one holds; rules compare entries with each other.
MOST_ENTRIES = 200


@dataclass(frozen=True)
class Document:
    """A file's content.

    Attributes:
        source: Name of the file.
        data: The top-level mapping, plain.
        lines: Line of each key and list item, counted from 1, by its path from the top of the file.
        mistakes: Keys that stand twice in one mapping, and values that can't be read.
        root: The top-level mapping as it is written, each node with its marks in the text.
    """

    source: str
    data: dict[str, Any]
    lines: dict[KeyPath, int]
    mistakes: tuple[Mistake, ...]
    root: yaml.MappingNode

    def line(self, path: KeyPath) -> int | None:
        """Line of a path, or of the nearest key above it that the file has."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


_NO_NAMES = ("tag:yaml.org,2002:null", "tag:yaml.org,2002:bool")


class _Walk:
    """Turns nodes into plain data and notes lines and mistakes on the way."""

    def __init__(self) -> None:
        self.lines: dict[KeyPath, int] = {}
        self.mistakes: list[Mistake] = []

    def value(self, node: yaml.Node, path: KeyPath) -> object:
        if isinstance(node, yaml.CollectionNode) and len(node.value) > MOST_ENTRIES:
            where = ".".join(map(str, _shown(path))) or "the file"
            problem = f"{where} holds {len(node.value):,} entries, and at most {MOST_ENTRIES} are read"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._item(child, (*path, index)) for index, child in enumerate(node.value)]
        read = scalar(node.tag, node.value)
        if isinstance(read, Misread):
            self.mistakes.append(Mistake(_shown(path), read.problem, read.remedy, node.start_mark.line + 1))
            return node.value  # as it is written: a rule about its kind would say the same once more
        return read

    def _item(self, node: yaml.Node, path: KeyPath) -> object:
        self.lines[path] = node.start_mark.line + 1
        return self.value(node, path)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be plain text", key_node.start_mark)
            key = str(key_node.value)
            place = (*path, key)
            line = key_node.start_mark.line + 1
            if key_node.tag in _NO_NAMES:
                problem = f"the key {key} is no text for whoever reads YAML"
                self.mistakes.append(Mistake(_shown(place), problem, f'write "{key}" in quotes, or another name', line))
            if key in result:
                problem = f"the key is written twice, first on line {self.lines[place]}; only one of them can count"
                self.mistakes.append(Mistake(_shown(place), problem, "remove one of the two", line))
            else:
                self.lines[place] = line
            result[key] = self.value(value_node, place)
        return result


def _shown(path: KeyPath) -> KeyPath:
    """A path as mistakes have it, without the section that holds all settings."""
    return path[1:] if path[:1] == ("config",) and len(path) > 1 else path


def unquoted_times(document: Document) -> Iterator[Mistake]:
    """A mistake for each day or time without quotes, in a file that another reader than this one reads too."""
    yield from _unquoted_times(document.root, ())


def _unquoted_times(node: yaml.Node, path: KeyPath) -> Iterator[Mistake]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _unquoted_times(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _unquoted_times(item, (*path, index))
    elif isinstance(node, yaml.ScalarNode) and node.style is None and TIME.fullmatch(node.value):
        problem = f"`{shown(node.value)}` is a time for some readers of YAML and a text for others"
        yield Mistake(_shown(path), problem, f'write "{node.value}"', node.start_mark.line + 1)


def read_document(path: Path) -> Document:
    """Read a stack file.

    Args:
        path: The file.

    Raises:
        SettingsError: The file can't be read, is not YAML, or holds no mapping.
    """
    source = path.name
    try:
        if path.exists() and not path.is_file():
            raise SettingsError.of(source, "is no file", "name a file Pulumi.<environment>.yaml")
        if path.stat().st_size > LARGEST_FILE:
            problem = f"has {path.stat().st_size:,} bytes; a stack file has some thousands"
            raise SettingsError.of(source, problem, "look what was pasted into it")
        text = path.read_text(encoding="utf-8")
        if (lines := text.count("\n")) > MOST_LINES:
            problem = f"has {lines:,} lines; a stack file has some hundreds"
            raise SettingsError.of(source, problem, "look what was pasted into it")
    except FileNotFoundError:
        remedy = f"looked for {path}; run from the project folder, or name one of its Pulumi.<environment>.yaml"
        raise SettingsError.of(source, "there is no such file", remedy) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError.of(source, f"can't be read: {error}", "make it a readable text file in UTF-8") from None
    return document_of(text, source)


# A promotion asks for each of its files several times, and YAML in Python takes most of its time.
@functools.lru_cache(maxsize=8)
def document_of(text: str, source: str) -> Document:
    """Read a stack file's text.

    The same text gives the same object, which nobody may change.

    Args:
        text: What the file holds.
        source: Name of the file, for messages.

    Raises:
        SettingsError: The text is not YAML, or holds no mapping.
    """
    try:
        node = Loader(text).get_single_node()
        walk = _Walk()
        data = None if node is None else walk.value(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = "is not valid YAML: " + ", ".join(part for part in (error.context, error.problem) if part)
        line = mark.line + 1 if mark else None
        remedy = "correct it at or just before this line; a text that begins with @ ` % & * ! needs quotes"
        raise SettingsError.of(source, problem, remedy, line) from None
    except yaml.reader.ReaderError as error:
        problem = f"holds {named(chr(error.character))}, which YAML does not accept"
        line = text.count("\n", 0, error.position) + 1
        raise SettingsError.of(
            source, problem, "remove it; an editor that shows invisible characters helps", line
        ) from None
    except ValueError:
        # What is left: an escape in quotes beyond Unicode.
        remedy = "write the character itself"
        raise SettingsError.of(source, "holds an escape \\U that stands for no character", remedy) from None
    if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
        raise SettingsError.of(source, "holds no settings", "start from a stack file of another environment") from None
    return Document(source, data, walk.lines, tuple(walk.mistakes), node)
