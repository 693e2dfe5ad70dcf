"""Texts that a golden manifest tells by their digest alone: what is in them, and what changed in them since a base."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.golden.files import all_entries
from ops.golden.lines import is_long
from ops.golden.text import name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ops.repository import Base


def contents(base: Base, now: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, dict[str, list[str]]]:
    """Return the lines that differ inside of long texts since a base, by stack, and by object and path.

    The base's program runs too, with the packages that are installed here; of a stack that it hasn't nothing is said.

    Args:
        base: where the work left.
        now: what `python -m ops.manifest --inputs` prints for each stack.

    Raises:
        RefusedError: the base's program doesn't run, or refuses a stack file.
    """
    with tempfile.TemporaryDirectory(prefix="ballast-base-") as name_:
        folder = Path(name_)
        base.extract(folder)
        both = [stack for stack in now if (folder / f"Pulumi.{stack}.yaml").exists()]
        before = all_entries(folder, both, program=folder)
    return {stack: _changes(texts(listed), texts(now[stack])) for stack, listed in before.items()}


def texts(listed: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the long texts of what is declared, by the object that holds them and the path at which they stand there.

    Args:
        listed: what `python -m ops.manifest --inputs` prints.
    """
    return {f"{name(entry)}: {path}": text for entry in listed for path, text in _long("", entry["inputs"])}


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    found = {key: _difference(before[key], after[key]) for key in sorted(before.keys() & after.keys())}
    return {key: lines for key, lines in found.items() if lines}


def _long(path: str, value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _long(f"{path}.{key}" if path else key, inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _long(f"{path}[{index}]", inner)
    elif is_long(value):
        yield path, value


def _difference(old: str, new: str) -> list[str]:
    if old == new:
        return []
    lines = unified_diff(_lines(old), _lines(new), n=1, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++"))]


def _lines(text: str) -> list[str]:
    """Return a text's lines; JSON in one line has one for each value."""
    if "\n" not in text:
        with suppress(ValueError):
            text = json.dumps(json.loads(text), indent=1)
    return text.splitlines()
