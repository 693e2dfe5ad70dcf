"""Text that others chose, such as names and messages, put into Markdown so that it stays text."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def code(text: str) -> str:
    """A text in a code span: no markup in it counts, nobody is mentioned, and it stays on one line."""
    line = _CONTROL.sub(" ", text)
    fence = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def block(text: str) -> str:
    """A text of several lines in a code block that nothing in it can end."""
    lines = [_CONTROL.sub(" ", line).rstrip() for line in text.splitlines()]
    fence = "`" * max(3, _longest_run(text) + 1)
    return "\n".join([f"{fence}text", *lines, fence])


def counted(number: int, noun: str) -> str:
    """A number with its noun, for example `1 loss` or `2,000 losses`."""
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
