"""Pages for people, and what they name: links, files of the repository, and commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from toolchain.paths import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])

# Folders of the repository, and files that lie at its top.
_TOPS = "components|delivery|docs|images|ops|tests|toolchain"
_TOP_FILES = (
    r"\.pre-commit-config\.yaml|Makefile|ballast|__main__\.py|pyproject\.toml|Pulumi\.(?:dev|staging|prod)\.yaml"
)

_PROGRAMS = r"(?:pulumi|\./ballast|make|python3 -m toolchain) "


def commands(text: str) -> list[str]:
    """Return every command line of our programs and of Pulumi: in blocks, within sentences, and in what is printed."""
    blocks = re.findall(rf"(?m)^ {{4}}(?:\$ )?({_PROGRAMS}.+)$", text)
    inline = re.findall(rf"`({_PROGRAMS}[^`]+)`", text)
    printed = re.findall(r"(?m)^ {4}.*: (\./ballast [a-z].+)$", text)
    return [line.split(" > ")[0] for line in (*blocks, *inline, *printed)]


def links(page: Path) -> list[str]:
    """Return where a page's links lead within the repository, relative to the page."""
    found = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    return [link.split("#")[0] for link in found if not re.match(r"\w+:|#", link)]


def named_paths(text: str) -> list[str]:
    """Return the files and folders of the repository that a text names in backticks, relative to the checkout."""
    return [
        word
        for word in re.findall(r"`([^`\s]+)`", text)
        if re.fullmatch(rf"\.github/.*|(?:{_TOPS})/[^<*…]*|{_TOP_FILES}", word)
    ]
