"""The git repository of the project: what changed since a pull request left its base, and what a file was then."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.errors import RefusedError

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_SECONDS = 60
"""Much longer than git takes for a repository of this size; one on a dead network drive ends the wait."""

FETCH = "git fetch --unshallow, or fetch-depth: 0 in a workflow's checkout"


@dataclass(frozen=True)
class Base:
    """The commit at which the work that is looked at left its base.

    Attributes:
        project: folder of the project, inside of the repository.
        named: how the base was named.
        commit: the commit, 40 hexadecimal digits.
    """

    project: Path
    named: str
    commit: str

    @classmethod
    def find(cls, project: Path, named: str) -> Base:
        """Return where HEAD left a branch, a tag or a commit.

        Raises:
            RefusedError: There is no repository, no such commit, or nothing that both have in common.
        """
        inside = git(project, "rev-parse", "--is-inside-work-tree")
        if inside.returncode or inside.stdout.strip() != "true":
            reason = complaint(inside.stderr, "no work tree")
            raise RefusedError(
                f"{project.resolve()} is not a git repository that can be read ({reason}), so nothing is known of what "
                "changed. Run it in a clone."
            )
        shallow = git(project, "rev-parse", "--is-shallow-repository").stdout.strip() == "true"
        for name in (named, "HEAD"):
            if not _commit(project, name):
                remedy = (
                    f"It may lie outside of this shallow clone: {FETCH}." if shallow else "git branch -a lists them."
                )
                raise RefusedError(f"git knows no commit {name!r}. {remedy}")
        common = git(project, "merge-base", _commit(project, named), "HEAD")
        if common.returncode:
            cause = f"this clone is shallow: {FETCH}" if shallow else "their histories are unrelated: name another base"
            raise RefusedError(f"{named} and HEAD have no commit in common; {cause}.")
        return cls(project, named, common.stdout.strip())

    def changed(self) -> dict[str, bool]:
        """Return each path of the project that differs now, and whether it is still there.

        What is not committed counts, new files too; a rename counts on both sides.
        """
        found: dict[str, bool] = {}
        listed = self._asked("diff", "--name-status", "--no-renames", "--relative", "-z", self.commit).split("\0")
        for status, path in zip(listed[::2], listed[1::2], strict=False):
            found[path] = status != "D"
        for path in filter(None, self._asked("ls-files", "--others", "--exclude-standard", "-z").split("\0")):
            found[path] = True
        return dict(sorted(found.items()))

    def text(self, path: str) -> str:
        """Return what a file of the project was, empty where there was none."""
        shown = git(self.project, "show", f"{self.commit}:./{path}")
        return shown.stdout if shown.returncode == 0 else ""

    def extract(self, folder: Path) -> None:
        """Write all files of the project as they were into a folder.

        Raises:
            RefusedError: git refuses.
        """
        with tempfile.NamedTemporaryFile(suffix=".tar") as file:
            self._asked("archive", f"--output={file.name}", self.commit)
            try:
                with tarfile.open(file.name) as archive:
                    archive.extractall(folder, filter="data")
            except tarfile.TarError as error:
                raise RefusedError(f"{self.named} can't be written beside this checkout: {error}.") from None

    def files(self, folder: str) -> list[str]:
        """Return the names of what stood in a folder of the project."""
        listed = self._asked("ls-tree", "-z", "--name-only", f"{self.commit}:./{folder}", refused_is_empty=True)
        return [name for name in listed.split("\0") if name]

    def _asked(self, *arguments: str, refused_is_empty: bool = False) -> str:
        answer = git(self.project, *arguments)
        if answer.returncode and refused_is_empty:
            return ""
        if answer.returncode:
            reason = complaint(answer.stderr, "no reason given")
            raise RefusedError(f"git {arguments[0]} failed: {reason}. Nothing is known of what changed.")
        return answer.stdout


def complaint(stderr: str, otherwise: str) -> str:
    """Return why git refused, in its first line; what to say otherwise where it said nothing."""
    return (stderr.strip().splitlines() or [otherwise])[0].removeprefix("fatal: ")


def _commit(project: Path, name: str) -> str:
    return git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").stdout.strip()


def git(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Ask the git that the person uses, in the project's folder.

    Raises:
        RefusedError: it is not installed, or doesn't answer.
    """
    try:
        return subprocess.run(  # noqa: S603 - a fixed program; names of commits stand behind --end-of-options
            ["git", "-C", str(project), *arguments],  # noqa: S607 - git is found on PATH like everywhere
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    except FileNotFoundError:
        raise RefusedError("git is not installed, so nothing is known of what changed. Install it.") from None
    except subprocess.TimeoutExpired:
        raise RefusedError(f"git {arguments[0]} did not answer within {PATIENCE_SECONDS} seconds.") from None
