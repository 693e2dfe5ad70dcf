"""What actionlint, the real program, says of the workflows."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.harness.cluster import need_programs
from tests.harness.workflows import GITHUB, WORKFLOWS
from toolchain import toolbox

pytestmark = pytest.mark.programs


def judged(*files, cwd):
    need_programs("actionlint")
    # Neither shellcheck nor pyflakes: whether they are on PATH must not change the verdict.
    command = [str(toolbox.require("actionlint")), "-no-color", "-shellcheck=", "-pyflakes=", *map(str, files)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path):
    """The workflows in a repository of their own, to be broken."""
    shutil.copytree(GITHUB, tmp_path / ".github")
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def test_every_workflow_is_accepted():
    result = judged(*WORKFLOWS, cwd=GITHUB.parent)
    assert (result.returncode, result.stdout + result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("workflow", "old", "new", "complaint"),
    [
        ("preview.yml", "steps.affected.outputs.local", "steps.afected.outputs.local", '"afected" is not defined'),
        ("preview.yml", "needs: [affected, rehearse, preview]", "needs: [affected, rehears]", "rehears"),
        ("up.yml", "stack: ${{ matrix.stack }}", "stak: ${{ matrix.stack }}", "stak"),
        ("apply.yml", "id-token: write", "id-tokens: write", "id-tokens"),
        ("nightly.yml", '"17 3 * * *"', '"17 30 * * *"', "CRON"),
        ("preview.yml", "programs: pulumi", "program: pulumi", '"program" is not defined in action'),
    ],
)
def test_a_mistake_is_found(copy, workflow, old, new, complaint):
    path = copy / ".github" / "workflows" / workflow
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    result = judged(path, cwd=copy)
    assert result.returncode == 1
    assert complaint in result.stdout
