"""How long each value of a stack file has stood, by the history that git keeps of its lines."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from ops.promotion.change import Change
from ops.repository import complaint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from components.settings.document import Document

NOT_COMMITTED = "not committed"
#: Much longer than git takes for files of this size; a repository on a dead network drive ends the wait.
PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Age:
    """How long one value has stood.

    Attributes:
        since: When it was written, in UTC; None where that is not known.
        note: Why it is not known, empty where it is.
    """

    since: datetime | None
    note: str = ""

    def spoken(self, now: datetime) -> str:
        """The age in its largest whole unit, such as `3 d`; `new` where it is not committed, `-` where it is not known.

        Args:
            now: The present in UTC. A commit of a clock that runs ahead has stood for no time.
        """
        if self.since is None:
            return "new" if self.note == NOT_COMMITTED else "-"
        seconds = max(0, int((now - self.since).total_seconds()))
        for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
            if seconds >= size:
                return f"{seconds // size} {unit}"
        return f"{seconds} s"


@dataclass(frozen=True)
class _Line:
    """A line as git has it; without a time it is not committed."""

    text: str
    since: datetime | None


@dataclass(frozen=True)
class Ages:
    """The ages of one file's values.

    Attributes:
        document: The file.
        lines: What git knows of each line, counted from 1; empty where it knows nothing.
        reason: Why it knows nothing, empty where it does.
    """

    document: Document
    lines: Mapping[int, _Line]
    reason: str = ""

    @classmethod
    def read(cls, path: Path, document: Document) -> Ages:
        """Ask git for a file's lines; without git, or outside of a repository, no age is known.

        A line counts from the commit that last changed more than its blanks, comments on it included.

        Args:
            path: The file.
            document: What was read from it.
        """
        try:
            said = _git(path, "blame", "--porcelain", "-w", "--", path.name)
        except FileNotFoundError:
            return cls(document, {}, "git is not installed")
        except subprocess.TimeoutExpired:
            return cls(document, {}, f"git took longer than {PATIENCE_SECONDS} seconds")
        if said.returncode != 0:
            return cls(document, {}, _reason(said.stderr))
        # Where a shallow clone ends, all older lines look as if they were written by the commit at that end.
        shallow = "\nboundary\n" in said.stdout and _git(path, "rev-parse", "--is-shallow-repository").stdout
        if shallow and shallow.strip() == "true":
            return cls(document, {}, "the clone is shallow; `git fetch --unshallow` brings the history")
        return cls(document, _lines(said.stdout))

    def of(self, key: tuple[str, ...]) -> Age:
        """The age of a key's value; of one with several lines that of its newest line.

        Args:
            key: Names from the stack down, without `ballast:`.
        """
        if self.reason:
            return Age(None, self.reason)
        path = Change(key, None).path
        if path not in self.document.lines:
            return Age(None, "not written")
        found = [self.lines[line] for line in self._span(path) if line in self.lines]
        times = [line.since for line in found if line.since is not None]
        if not found or len(times) < len(found):
            return Age(None, NOT_COMMITTED)
        return Age(max(times))

    @cached_property
    def _begun(self) -> frozenset[int]:
        """Lines on which a key or an item begins."""
        return frozenset(self.document.lines.values())

    def _span(self, path: tuple[str, ...]) -> list[int]:
        """Lines of a key with its value: those of its items, and lines that go on with the last of them."""
        span = [line for place, line in self.document.lines.items() if place[: len(path)] == path]
        following = max(span) + 1
        while following in self.lines and following not in self._begun and _holds_something(self.lines[following].text):
            span.append(following)
            following += 1
        return span


def _holds_something(text: str) -> bool:
    return bool(text.strip()) and not text.lstrip().startswith("#")


def _git(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - arguments are a subcommand's and a file's name, without a shell
        ["git", "-C", str(path.parent), *arguments],  # noqa: S607 - the git that the person uses
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=PATIENCE_SECONDS,
        env=os.environ | {"LC_ALL": "C"},
    )


def _reason(stderr: str) -> str:
    if "not a git repository" in stderr:
        return "not a git repository"
    if "no such path" in stderr or "no such ref: HEAD" in stderr:
        return NOT_COMMITTED
    return complaint(stderr, "git says nothing")


def _lines(porcelain: str) -> dict[int, _Line]:
    """Read what `git blame --porcelain` prints: for each line a header, on its commit's first also facts, and the text.

    A commit of zeros is a change that is not committed.
    """
    lines: dict[int, _Line] = {}
    times: dict[str, datetime | None] = {}
    commit, number = "", 0
    for text in porcelain.split("\n"):
        if text.startswith("\t"):
            lines[number] = _Line(text[1:], times.get(commit))
        elif header := re.match(r"([0-9a-f]{40,64}) [0-9]+ ([0-9]+)", text):
            commit, number = header[1], int(header[2])
        elif text.startswith("author-time ") and commit.strip("0"):
            times[commit] = datetime.fromtimestamp(int(text.split()[1]), UTC)
    return lines
