"""A git repository with the files of a project, and a branch of work in it."""

from __future__ import annotations

import os
import subprocess

FILES = ("Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml", "components/a.py", "README.md")


def git(folder, *arguments):
    """Run a command of git; nobody's settings of git count in it."""
    names = {f"GIT_{who}_{what}": "test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *arguments], cwd=folder, check=True, env=os.environ | names | alone)


class Clone:
    """A repository whose main has the usual files, with a branch of work."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.git("init", "-q", "-b", "main")
        self.write(*FILES)
        self.commit()
        self.git("checkout", "-q", "-b", "work")

    def git(self, *arguments):
        git(self.folder, *arguments)

    def write(self, *paths, text=""):
        for path in paths:
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            tier = path.removeprefix("Pulumi.").removesuffix(".yaml")
            content = f"config: {{ballast:tier: {tier}}} # of {path}, long enough to be found again by a rename\n"
            file.write_text(text or content)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a change")

    def change(self, *paths):
        self.write(*paths, text="changed\n")
        self.commit()
