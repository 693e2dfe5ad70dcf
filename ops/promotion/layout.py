"""Lines of one file as they stand in another, and values compared as YAML tells them apart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ops.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ops.promotion.stack_text import StackText


def shifted(source: StackText, numbers: Iterable[int], by: int, newline: str) -> str:
    """Lines of a file, each moved to the right by some columns, or to the left where `by` is negative.

    Raises:
        RefusedError: A line has fewer columns than it is to be moved by.
    """
    return "".join(_moved(source, number, by) + newline for number in numbers)


def _moved(source: StackText, number: int, by: int) -> str:
    line = source.line(number)
    room = len(line) - len(line.lstrip(" "))
    if source.is_blank(number):
        return line
    if by >= 0:
        return " " * by + line
    if room >= -by:
        return line[-by:]
    if line[room] == "#":
        return line[room:]
    raise RefusedError(
        f"{source.name}, line {number + 1}: the line can't be indented as the other file is. Nothing was written. "
        "Copy it by hand."
    )


def same(one: object, other: object) -> bool:
    """Whether two values say the same: 1, 1.0 and true are three values."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
