"""A stack file as plain data, with the line on which every key stands."""

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.settings.report import KeyPath, Mistake, SettingsError


class _Loader(yaml.SafeLoader):
    """Reads scalars as YAML 1.2 does, like the engine: `yes`, `on`, `1:30` and dates stay text."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases: each value is written where it is read, and a promotion edits it in place."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.composer.ComposerError(None, None, "anchors and aliases are not accepted", event.start_mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first)


@dataclass(frozen=True)
class Document:
    """A file's content.

    Attributes:
        source: Name of the file.
        data: The top-level mapping, plain.
        lines: Line of each key and list item, counted from 1, by its path from the top of the file.
        duplicates: Keys that stand twice in one mapping.
        root: The top-level mapping as it is written, each node with its marks in the text.
    """

    source: str
    data: dict[str, Any]
    lines: dict[KeyPath, int]
    duplicates: tuple[Mistake, ...]
    root: yaml.MappingNode

    def line(self, path: KeyPath) -> int | None:
        """Line of a path, or of the nearest key above it that the file has."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


class _Walk:
    """Turns nodes into plain data and notes lines and duplicates on the way."""

    def __init__(self, loader: _Loader) -> None:
        self.loader = loader
        self.lines: dict[KeyPath, int] = {}
        self.duplicates: list[Mistake] = []

    def value(self, node: yaml.Node, path: KeyPath) -> object:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._item(child, (*path, index)) for index, child in enumerate(node.value)]
        return self.loader.construct_object(node)

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
            if key in result:
                problem = f"the key is written twice, first on line {self.lines[place]}; only one of them can count"
                shown = place[1:] if place[0] == "config" and len(place) > 1 else place
                self.duplicates.append(Mistake(shown, problem, "remove one of the two", line))
            else:
                self.lines[place] = line
            result[key] = self.value(value_node, place)
        return result


def read_document(path: Path) -> Document:
    """Read a stack file.

    Args:
        path: The file.

    Raises:
        SettingsError: The file can't be read, is not YAML, or holds no mapping.
    """
    source = path.name
    try:
        text = path.read_text(encoding="utf-8")
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
        loader = _Loader(text)
        node = loader.get_single_node()
        walk = _Walk(loader)
        data = None if node is None else walk.value(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = "is not valid YAML: " + ", ".join(part for part in (error.context, error.problem) if part)
        line = mark.line + 1 if mark else None
        raise SettingsError.of(source, problem, "correct the YAML at or just before this line", line) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise SettingsError.of(source, f"is not valid YAML: {reason}", "correct the YAML") from None
    if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
        raise SettingsError.of(source, "holds no settings", "start from a stack file of another environment") from None
    return Document(source, data, walk.lines, tuple(walk.duplicates), node)
