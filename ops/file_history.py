"""What a stack file was before each commit that touched it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from components.settings.environment import NAMESPACE
from ops.errors import RefusedError
from ops.repository import FETCH, complaint, git

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
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
        when: when its author wrote it, in UTC; None of what is not committed.
        revision: the commit itself, in git's words.
        parent: what was before it on the same branch, in git's words; empty before the first.
    """

    name: str
    when: datetime | None
    revision: str
    parent: str


NOT_COMMITTED = Commit("what is not committed", None, "", "HEAD")
"""Stands for what the working tree has beside its commit."""

ABSENT = object()
"""In place of a value: the file does not write the key."""


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
            reason = complaint(shallow.stderr, "it says nothing")
            raise RefusedError(f"git tells nothing of {file} ({reason}); run it in a clone of the repository")
        if shallow.stdout.strip() == "true":
            raise RefusedError(f"this clone is shallow and doesn't know when {file} was changed: {FETCH}")
        form = "--format=%H%x09%P%x09%aI%x09%h %s"
        listed = git(self.project, "log", "--first-parent", f"--max-count={LONGEST}", form, "--", file)
        for line in listed.stdout.splitlines():
            revision, parents, when, name = line.split("\t", 3)
            yield Commit(name, datetime.fromisoformat(when).astimezone(UTC), revision, parents.partition(" ")[0])

    def last_changes(
        self, file: str, now: Mapping[str, Any], keys: Iterable[tuple[str, ...]]
    ) -> dict[tuple[str, ...], Commit]:
        """Return the commit that made each value what it is; none of one that stood through all that is looked through.

        Args:
            file: the stack file.
            now: its `config` as it is.
            keys: names from the stack down, without `ballast:`.

        Raises:
            RefusedError: as in `commits`.
        """
        waiting, found = list(keys), {}
        for commit in [NOT_COMMITTED, *self.commits(file)]:
            before = self.config(commit.parent, file) or {}
            found |= {key: commit for key in waiting if value_at(before, key) != value_at(now, key)}
            waiting = [key for key in waiting if key not in found]
            if not waiting:
                break
        return found

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


def value_at(config: Mapping[str, Any], key: tuple[str, ...]) -> object:
    """Return what a `config` has at a key, named from the stack down; ABSENT where it doesn't write it."""
    first, *rest = key
    value: Any = config.get(f"{NAMESPACE}:{first}", ABSENT)
    for part in rest:
        value = value.get(part, ABSENT) if isinstance(value, dict) else ABSENT
    return value


@cache
def _config(project: Path, revision: str, file: str) -> dict[str, Any] | None:
    shown = git(project, "show", f"{revision}:./{file}")
    return None if shown.returncode else config_of(shown.stdout)
