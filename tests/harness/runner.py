"""A runner for single steps of workflows: a repository with two commits, fakes of every program, GitHub's variables."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from tests.harness.fake_commands import FakeCommands
from tests.harness.workflows import GITHUB
from toolchain.paths import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FAKES = ("ballast", "pulumi", "gh", "aws", "make", "python3")
EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
# Every expression that a step's environment may hold; another one has to be thought about, and added here.
VALUES = {
    "inputs.programs": "pulumi pulumi-language-python",
    "inputs.stack": "staging",
    "matrix.stack": "staging",
    "matrix.source": "dev",
    "matrix.target": "staging",
    "vars.CLUSTER_NAME": "acme-staging-cluster",
    "vars.PULUMI_BACKEND_URL": "s3://acme-staging-state?region=eu-central-1",
    "needs.affected.outputs.stacks": '["dev","staging"]',
    "github.token": "a-token",
    "github.event.before": "0000000000000000000000000000000000000000",
    "github.event.pull_request.number": "17",
    "github.event.pull_request.head.sha": "1234567890123456789012345678901234567890",
    "toJSON(needs)": '{"affected": {"result": "success", "outputs": {}}}',
    "github.server_url": "https://github.com",
    "github.repository": "acme/ballast",
    "github.run_id": "4",
}

STACKS = json.dumps(
    {
        "stacks": [
            {"name": "dev", "tier": "dev", "promotesFrom": None, "local": True},
            {"name": "staging", "tier": "staging", "promotesFrom": "dev", "local": False},
            {"name": "prod", "tier": "prod", "promotesFrom": "staging", "local": False},
            {"name": "eu-prod", "tier": "prod", "promotesFrom": "staging", "local": False},
        ]
    }
)
"""As `./ballast stacks --json` answers; delivery_test.py holds its form against the real one."""


class Runner:
    """One job's machine: a checkout of two commits (`before`, `after` in the file `tree`) and fakes on its PATH."""

    def __init__(self, folder: Path) -> None:
        self.repository = folder / "repository"
        self.fakes = FakeCommands(folder / "bin").create(*FAKES)
        self.files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
        for file in self.files.values():
            file.touch()
        self.repository.mkdir()
        self.git("init", "--quiet", "--initial-branch", "main")
        shutil.copytree(GITHUB, self.repository / ".github")
        shutil.copytree(CHECKOUT / ".ci", self.repository / ".ci")
        for stack in CHECKOUT.glob("Pulumi.*.yaml"):
            shutil.copyfile(stack, self.repository / stack.name)
        self.commits = [self._commit("before"), self._commit("after")]
        for name in ("components", "toolchain", ".venv"):
            (self.repository / name).symlink_to(CHECKOUT / name)
        # The change lies beside the base in the job that judges it.
        (self.repository / "change").symlink_to(self.repository)
        (self.repository / "ballast").symlink_to(self.fakes.folder / "ballast")

    def git(self, *args: str) -> str:
        return subprocess.run(
            ["git", *args], cwd=self.repository, env=self._environment({}), check=True, capture_output=True, text=True
        ).stdout.strip()

    def run(self, script: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a step as GitHub would, its expressions replaced by those of `VALUES`."""
        given = {
            name: EXPRESSION.sub(lambda found: VALUES[found[1]], str(v)) for name, v in (environment or {}).items()
        }
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.repository,
            env=self._environment(given),
            check=False,
            capture_output=True,
            text=True,
        )

    def written(self, name: str) -> str:
        """What was written for GitHub: GITHUB_OUTPUT, GITHUB_PATH or GITHUB_STEP_SUMMARY."""
        return self.files[name].read_text(encoding="utf-8")

    def _commit(self, tree: str) -> str:
        (self.repository / "tree").write_text(tree, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", tree)
        return self.git("rev-parse", "HEAD")

    def _environment(self, given: Mapping[str, str]) -> dict[str, str]:
        person = {f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        github = {
            "GITHUB_BASE_REF": "main",
            "GITHUB_REPOSITORY": "acme/ballast",
            "GITHUB_SHA": self.commits[-1] if hasattr(self, "commits") else "",
            **{name: str(path) for name, path in self.files.items()},
        }
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "XDG_CACHE_HOME") if name in os.environ}
        return {**kept, "PATH": self.fakes.path, **person, **github, **given}
