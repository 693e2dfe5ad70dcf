"""A change travels from dev to prod on the real engine, through the commands that people and workflows type."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.harness.cluster import copy_project, need_programs
from tests.harness.declare import PROJECT, stack_settings
from tests.harness.hasty_engine import HastyEngine
from tests.harness.project import HOSTS, Stack, remove, uid_of
from tests.harness.repository import Repository
from toolchain.recipes import ENGINE

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.engine

NEW = "version: 2.21.0"
SECTION = "kubeStateMetrics"
# Under another name it is another StatefulSet.
NAME = '                "name": name,\n'
OTHER_NAME = '                "name": "qdrant-two" if name == "qdrant" else name,\n'


def old(stack: str) -> str:
    """The line with the version that is committed for a stack; one that waits for its promotion is another in dev."""
    return f"version: {stack_settings(stack).kube_state_metrics.version}"


@dataclass
class Journey:
    """A repository, and copies of two of its stacks, of which the cluster holds one at a time.

    Promotions edit the repository, whose files name keys that nobody here has; what is applied are the copies, which
    lie below it, so that Pulumi notes the repository's commit with each update.
    """

    git: Repository
    dev: Stack
    staging: Stack

    @property
    def repository(self) -> Path:
        return self.git.folder

    def ballast(self, *arguments: str) -> tuple[int, str]:
        result = subprocess.run(
            [sys.executable, "-m", "ops", *arguments],
            cwd=PROJECT,
            env=self.dev.engine.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback (most recent" not in result.stderr, result.stderr
        return result.returncode, result.stdout + result.stderr

    def promote(self, *arguments: str) -> tuple[int, str]:
        return self.ballast("promote", *arguments, "--project", str(self.repository))

    def report(self, stack: Stack, *arguments: str) -> tuple[int, str]:
        """What the report says of a stack's preview."""
        previewed = stack.pulumi("preview", "--non-interactive", "--json", "--show-sames", check=False)
        file = self.repository.parent / "preview.json"
        file.write_text(previewed.stdout, encoding="utf-8")
        return self.ballast("preview-report", f"{stack.name}={file}", *arguments)

    def edit(self, stack: Stack) -> None:
        """Write the new version where a person does, or a promotion did, and into the copy."""
        file = self.repository / stack.file.name
        written = file.read_text(encoding="utf-8")
        before = old(stack.name)
        assert written.count(before) + written.count(NEW) == 1
        file.write_text(written.replace(before, NEW), encoding="utf-8")
        stack.change(before, NEW, section=SECTION)
        self.git.commit_all("a new version")

    def text(self, stack: str) -> str:
        return (self.repository / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def journey(local_cluster, tmp_path_factory):
    need_programs(*ENGINE)
    folder = tmp_path_factory.mktemp("journey")
    git = Repository(copy_project(folder / "repository"), "Pulumi.dev.yaml")
    (git.folder / ".gitignore").write_text(".venv\n__pycache__\n", encoding="utf-8")
    project = copy_project(git.folder / "applied")
    engine = HastyEngine(folder / "engine", project)
    staging = Stack("staging", project, engine, local_cluster).create()
    dev = Stack("dev", project, engine, local_cluster).create()
    shutil.copytree(PROJECT / "delivery", git.folder / "delivery")
    file = git.folder / staging.file.name
    identity = stack_settings("staging").cluster.identity
    text = file.read_text(encoding="utf-8").replace(identity, uid_of(local_cluster)).replace(*HOSTS)
    file.write_text(text, encoding="utf-8")
    git.commit_all("as it was")
    # The tests' engine changes it while it runs, which is no change of anybody's.
    git.git("update-index", "--assume-unchanged", "applied/Pulumi.yaml")
    yield Journey(git, dev, staging)
    remove(dev)


def replaced_line(before: str, after: str) -> tuple[str, str]:
    """Return the one line that differs."""
    differing = [pair for pair in zip(before.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]]
    assert len(differing) == 1, differing
    return differing[0]


def test_a_version_is_tried_in_dev_and_only_what_runs_there_goes_on(journey):
    journey.dev.up()
    journey.edit(journey.dev)
    code, report = journey.report(journey.dev)
    assert code == 0, report
    assert "kube-state-metrics" in report
    code, said = journey.promote("dev", "staging", SECTION, "--write")
    assert code == 1
    assert "dev doesn't run the promoted values of Pulumi.dev.yaml" in said
    journey.dev.up()
    before = journey.text("staging")
    code, said = journey.promote("dev", "staging", SECTION, "--write")
    assert code == 0, said
    was, now = replaced_line(before, journey.text("staging"))
    assert now == was.replace(old("staging"), NEW)
    code, said = journey.promote("dev", "staging", SECTION, "--write")
    assert (code, "nothing to promote" in said) == (0, True)


def test_prod_waits_until_staging_has_run_it_for_a_day_or_as_long_as_asked(journey):
    code, said = journey.promote("staging", "prod", SECTION)
    assert code == 1
    assert "there was no update of staging yet" in said
    remove(journey.dev)
    journey.edit(journey.staging)
    journey.staging.up()
    before = journey.text("prod")
    code, said = journey.promote("staging", "prod", SECTION, "--write")
    assert code == 1
    assert "and 1d are asked" in said
    assert journey.text("prod") == before
    code, said = journey.promote("staging", "prod", SECTION, "--write", "--soak", "1s", "--because", "rehearsed")
    assert code == 0, said
    was, now = replaced_line(before, journey.text("prod"))
    assert now == was.replace(old("prod"), NEW)


def test_a_replaced_store_is_stopped_by_the_report_until_somebody_answers_for_it_and_no_longer(journey):
    module = journey.staging.folder / "components" / "storage" / "stateful_sets.py"
    text = module.read_text(encoding="utf-8")
    assert text.count(NAME) == 1
    module.write_text(text.replace(NAME, OTHER_NAME), encoding="utf-8")
    waivers = journey.repository.parent / "waivers.yaml"
    code, report = journey.report(journey.staging)
    assert code == 1
    urn = next(word for word in report.replace("`", " ").split() if word.startswith("urn:") and "StatefulSet::" in word)
    waivers.write_text(
        f"waivers:\n  - stack: staging\n    urn: {urn}\n    operation: replace\n"
        "    because: rehearsed, and the snapshot of last night is complete\n    until: 2026-12-24\n",
        encoding="utf-8",
    )
    file = f"staging={journey.repository.parent / 'preview.json'}"
    allowed = ("preview-report", file, "--waivers", str(waivers), "--today")
    code, report = journey.ballast(*allowed, "2026-12-24")
    assert code == 0, report
    code, report = journey.ballast(*allowed, "2026-12-25")
    assert code == 1
    assert "Expired on 2026-12-24" in report
