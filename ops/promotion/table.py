"""A comparison as people read it: one table in plain text for a terminal, or in Markdown for a pull request."""

from __future__ import annotations

import os.path
import textwrap
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.settings.environment import NAMESPACE
from components.settings.markers import Secret
from ops.promotion.row import BROKEN, QUIET, Row, Standing, Verdict
from ops.promotion.verdicts import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ops.promotion.row import Cell
    from ops.promotion.view import View

#: Columns of a table in plain text: what two windows side by side on a usual screen show.
WIDTH = 120
#: Characters of one value; lists and addresses are shortened to it, or further where there is no room.
WIDEST_VALUE = 24
#: Beyond it a value is not looked at to find where it differs from another.
LONGEST_VALUE = 1000
#: Below these a column says nothing any more.
NARROWEST = {"key": 36, "value": 8, "verdict": 28}
#: From this many characters on the beginning of a word is left out as well.
WORD_BEGINNING = 4
GAP = "  "
NOTHING = "-"
#: Columns with a value for each environment: between key and class, and age and verdict.
VALUES = slice(2, -2)

_COLOURS = dict.fromkeys(BROKEN, 31) | dict.fromkeys((Verdict.PROMOTE, Verdict.ADD), 32)
_YELLOW = 33
_ESCAPES = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]"} | {mark: f"&#{ord(mark)};" for mark in "|<>@#&"})


@dataclass(frozen=True)
class _Line:
    """One line of the table: key, class, a value for each environment, ages, and what follows."""

    cells: tuple[str, ...]
    verdict: Verdict


def render(rows: Sequence[Row], view: View, *, everything: bool = False, colour: bool = False) -> str:
    """The table in plain text, at most 120 columns wide, with a line about what it leaves out.

    Args:
        rows: The comparison.
        view: Which environments, and their values' ages.
        everything: Show rows with nothing to do too.
        colour: Mark verdicts with a terminal's colours.
    """
    lines = list(_lines(rows, view, everything=everything))
    parts = [*_plain(_head(view), lines, colour=colour), ""] if lines else []
    remarks = [
        line
        for remark in _remarks(rows, view, everything=everything, table=bool(lines))
        for line in textwrap.wrap(remark, WIDTH, subsequent_indent=GAP, break_on_hyphens=False)
    ]
    return "\n".join([*parts, *remarks]) + "\n"


def render_markdown(rows: Sequence[Row], view: View, *, everything: bool = False) -> str:
    """The same table in Markdown."""
    lines = list(_lines(rows, view, everything=everything))
    parts = []
    if lines:
        head = _head(view)
        parts = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
        for line in lines:
            values = _fitted(line.cells[VALUES], [WIDEST_VALUE] * len(view.environments))
            cells = (*line.cells[: VALUES.start], *values, *line.cells[VALUES.stop :])
            parts.append(f"| {' | '.join(map(_escaped, cells))} |")
        parts.append("")
    remarks = [f"- {_escaped(remark)}" for remark in _remarks(rows, view, everything=everything, table=bool(lines))]
    return "\n".join([*parts, *remarks]) + "\n"


def _head(view: View) -> tuple[str, ...]:
    return ("key", "class", *view.environments, "age", "verdict")


def _lines(rows: Sequence[Row], view: View, *, everything: bool) -> Iterator[_Line]:
    """Lines of what is shown; unless all is, a section that only one environment has is one line."""
    sections: set[tuple[str, ...]] = set()
    for row in rows:
        if not everything and (row.is_quiet or row.verdict is Verdict.MISSING_SECRET):
            continue  # secrets that are missing stand together below the table
        if everything or not row.section:
            values = [_value(row, row.cells.get(environment)) for environment in view.environments]
            yield _Line((row.name, row.travels, *values, view.both_ages(row), row.words), row.verdict)
        elif row.section not in sections:
            sections.add(row.section)
            same = [other for other in rows if other.section == row.section]
            counts = [_count(same, environment) for environment in view.environments]
            yield _Line((".".join(row.section), row.travels, *counts, NOTHING, row.words), row.verdict)


def _value(row: Row, cell: Cell | None) -> str:
    if cell is None:
        return "?"  # its file could not be read
    if cell.is_absent:
        return NOTHING
    if isinstance(row.marker, Secret):
        return "present"
    text = shown(cell.value, LONGEST_VALUE)
    return f"({text})" if cell.standing is Standing.DEFAULT else text


def _count(rows: Sequence[Row], environment: str) -> str:
    count = sum(environment in row.cells and not row.cells[environment].is_absent for row in rows)
    return f"{count} key{'' if count == 1 else 's'}" if count else NOTHING


def _remarks(rows: Sequence[Row], view: View, *, everything: bool, table: bool) -> Iterator[str]:
    if table:
        yield f"age: how long values in {view.source} / {view.target} have been there by git; new: not committed"
    missing = [row.name for row in rows if row.verdict is Verdict.MISSING_SECRET]
    if missing and not everything:
        command = f"pulumi config set --secret {NAMESPACE}:NAME --stack {view.target}"
        yield f"secrets that {view.target} lacks ({command}): {', '.join(missing)}"
    quiet = Counter(row.verdict for row in rows if row.is_quiet)
    if quiet and not everything:
        each = ", ".join(f"{quiet[verdict]} {verdict}" for verdict in Verdict if verdict in quiet)
        yield f"{quiet.total()} more keys with nothing to do: {each}; --all shows them"
    yield from view.unknown_ages()


def _plain(head: tuple[str, ...], lines: Sequence[_Line], *, colour: bool) -> Iterator[str]:
    widths = _widths([head, *(line.cells for line in lines)])
    yield _laid_out(head, widths)
    for line in lines:
        verdict = textwrap.wrap(line.cells[-1], widths[-1], break_on_hyphens=False)
        first, *more = [_coloured(text, line.verdict) for text in verdict] if colour else verdict
        yield _laid_out((*line.cells[:-1], first), widths)
        for text in more:
            yield " " * (sum(widths[:-1]) + len(GAP) * (len(widths) - 1)) + text


def _widths(cells: Sequence[tuple[str, ...]]) -> list[int]:
    """Width of each column in characters; the verdict wraps, keys and values are shortened where there is no room."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    widths[VALUES] = [min(width, WIDEST_VALUE) for width in widths[VALUES]]
    room = WIDTH - len(GAP) * (len(widths) - 1)
    widths[-1] = min(widths[-1], max(NARROWEST["verdict"], room - sum(widths[:-1])))
    while sum(widths) > room and max(widths[VALUES]) > NARROWEST["value"]:
        widths[widths.index(max(widths[VALUES]), VALUES.start)] -= 1
    if sum(widths) > room:
        widths[0] = max(NARROWEST["key"], widths[0] - (sum(widths) - room))
    return widths


def _laid_out(cells: tuple[str, ...], widths: Sequence[int]) -> str:
    key, *middle, verdict = cells
    fitted = [key if len(key) <= widths[0] else f"…{key[len(key) - widths[0] + 1 :]}"]
    fitted += _fitted(middle, widths[1:-1])
    padded = [text.ljust(width) for text, width in zip(fitted, widths[:-1], strict=True)]
    return GAP.join([*padded, verdict]).rstrip()


def _fitted(texts: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Shorten texts to their widths; several long ones lose what they begin with in common, so that they differ."""
    long = [text for text, width in zip(texts, widths, strict=True) if len(text) > width]
    shared = _shared(long) if len(set(long)) > 1 else 0
    fitted = []
    for text, width in zip(texts, widths, strict=True):
        rest = f"…{text[shared:]}" if shared > 1 and len(text) > width else text
        fitted.append(rest if len(rest) <= width else f"{rest[: width - 1]}…")
    return fitted


def _shared(texts: Sequence[str]) -> int:
    """Number of characters that all begin with, without the beginning of a short word or number."""
    prefix = os.path.commonprefix(texts)  # noqa: RUF071 - these are no paths
    whole = prefix.rstrip("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return len(whole) if len(prefix) - len(whole) < WORD_BEGINNING else len(prefix)


def _coloured(text: str, verdict: Verdict) -> str:
    return text if verdict in QUIET else f"\x1b[{_COLOURS.get(verdict, _YELLOW)}m{text}\x1b[0m"


def _escaped(text: str) -> str:
    """Text in a cell of Markdown: nothing in a value is markup, a mention or an end of the cell."""
    return text.translate(_ESCAPES)
