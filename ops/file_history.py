"""What a stack file was before each commit that touched it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from ops.errors import RefusedError
from ops.repository import FETCH, git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST = 300
"""Commits of one file that are looked through, the newest first: about six seconds. A value that stood through all of
them mends nothing that is new."""

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Commit:
    """A commit, as a person names it.

    Attributes:
        name: its abbreviated hash, and its subject.
        when: when its author wrote it.
        revision: the commit itself, in git's words.
        parent: what was before it on the same branch, in git's words; empty before the first.
    """

    name: str
    when: datetime
    revision: str
    parent: str


@dataclass(frozen=True)
class FileHistory:
    """The stack files of a project as they were.

    Attributes:
        project: folder of the stack files.
    """

    project: Path

    def commits(self, file: str) -> Iterator[Commit]:
        """Yield what touched a file, the newest first; a merge counts as one commit, that of its branch.

        Raises:
            RefusedError: there is no git repository, or not its whole history.
        """
        shallow = git(self.project, "rev-parse", "--is-shallow-repository")
        if shallow.returncode:
            reason = (shallow.stderr.strip().splitlines() or ["it says nothing"])[0].removeprefix("fatal: ")
            raise RefusedError(f"git tells nothing of {file} ({reason}); run it in a clone of the repository")
        if shallow.stdout.strip() == "true":
            raise RefusedError(f"this clone is shallow and doesn't know when {file} was changed: {FETCH}")
        form = "--format=%H%x09%P%x09%aI%x09%h %s"
        listed = git(self.project, "log", "--first-parent", f"--max-count={LONGEST}", form, "--", file)
        for line in listed.stdout.splitlines():
            revision, parents, when, name = line.split("\t", 3)
            yield Commit(name, datetime.fromisoformat(when), revision, parents.partition(" ")[0])

    def config(self, revision: str, file: str) -> dict[str, Any] | None:
        """Return what a file's `config` was at a revision; None where it was not there or can't be read."""
        return _config(self.project, revision, file) if revision else None


def config_of(text: str) -> dict[str, Any] | None:
    """Return the `config` of a stack file's text; None where it is none, as in a revision that nobody could apply."""
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, in C where there is one
    except yaml.YAMLError:
        return None
    config = found.get("config") if isinstance(found, dict) else None
    return config if isinstance(config, dict) else None


@cache
def _config(project: Path, revision: str, file: str) -> dict[str, Any] | None:
    shown = git(project, "show", f"{revision}:./{file}")
    return None if shown.returncode else config_of(shown.stdout)
