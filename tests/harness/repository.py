"""A git repository with one file and a history that a test writes."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


class Repository:
    """A repository in a folder of its own; nobody's settings of git count in it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.path = folder, folder / name
        folder.mkdir(exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, at: datetime | None = None) -> str:
        """Return what a command of git says, run with the author's time if one is given."""
        names = {f"GIT_{who}_{what}": "test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        # A committer in another year and time zone: what counts is when the author wrote.
        times = {"GIT_AUTHOR_DATE": at.isoformat(), "GIT_COMMITTER_DATE": "2031-01-01T00:00:00+05:00"} if at else {}
        alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        environment = os.environ | alone | names | times
        run = subprocess.run(["git", *arguments], cwd=self.folder, check=True, env=environment, stdout=subprocess.PIPE)
        return run.stdout.decode().strip()

    def commit_all(self, subject: str, at: datetime | None = None) -> str:
        """Commit everything as it stands; return the commit."""
        self.git("add", "--all")
        self.git("commit", "-q", "-m", subject, at=at)
        return self.git("rev-parse", "HEAD")

    def commit(self, text: str, at: datetime) -> None:
        """Commit the file with this text."""
        self.path.write_text(text, encoding="utf-8")
        self.git("add", self.path.name)
        self.git("commit", "-q", "-m", "a change", at=at)
