"""The fenced commands of the pages of docs/runbooks, and which of them are for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.harness.runbooks import FOLDER, INCIDENTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = sorted(path for path in (*FOLDER.glob("*.md"), *INCIDENTS.glob("*.md")) if path.name != "README.md")
PLACEHOLDER = "NAME"
_BLOCK = re.compile(r"(?m)^(?:<!-- for people: (?P<reason>.+) -->\n)?```(?P<language>\w*)\n(?P<text>(?s:.+?))^```")
EXECUTED = ("kubectl ", "./ballast ", "promql")
"""What a command begins with, or its language, that some test executes."""


@dataclass(frozen=True)
class Command:
    """A command.

    Attributes:
        page: where it stands.
        language: of its block.
        text: the line, or the whole query.
        reason: why no test executes it; None where one does.
    """

    page: str
    language: str
    text: str
    reason: str | None

    @property
    def is_executed(self) -> bool:
        """Whether some test executes commands of its kind."""
        return self.language == "promql" or (self.language == "sh" and self.text.startswith(EXECUTED))


def commands(page: Path) -> Iterator[Command]:
    """Yield the commands of a page, each line of a shell and each query."""
    yield from commands_of(page.stem, page.read_text(encoding="utf-8"))


def commands_of(page: str, text: str) -> Iterator[Command]:
    """Yield the commands of a page's text; a flowchart is none."""
    for block in (found for found in _BLOCK.finditer(text) if found["language"] != "mermaid"):
        lines = [block["text"]] if block["language"] == "promql" else block["text"].splitlines()
        yield from (Command(page, block["language"], line.strip(), block["reason"]) for line in lines if line.strip())


def executed(beginning: str) -> list[Command]:
    """Return all commands of a kind that a test executes."""
    found = [command for page in PAGES for command in commands(page) if command.reason is None]
    return [one for one in found if one.text.startswith(beginning) or one.language == beginning]
