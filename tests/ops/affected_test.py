"""Which stacks a difference can touch, read from real repositories."""

from __future__ import annotations

import json
import subprocess

import pytest

from ops.__main__ import main
from ops.affected import RULES, UNKNOWN, rule_of
from tests.harness.clone import Clone
from tests.harness.declare import PROJECT

EVERY = ["dev", "staging", "prod"]


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path / "clone")


@pytest.fixture
def ran(clone, capsys):
    """Runs the command in the clone; returns its exit code and what it printed."""

    def call(*arguments, folder=None):
        try:
            code = main(["affected", *arguments, "--project", str(folder or clone.folder)])
        except SystemExit as end:
            code = end.code
        return code, capsys.readouterr()

    return call


@pytest.fixture
def judged(ran):
    """What a workflow reads."""

    def call():
        code, printed = ran("--base", "main", "--json")
        assert (code, printed.err) == (0, "")
        return json.loads(printed.out)

    return call


@pytest.fixture
def refused(ran):
    """The sentence that refuses."""

    def call(base="main", folder=None):
        code, printed = ran("--base", base, "--json", folder=folder)
        assert (code, printed.out, printed.err.count("\n")) == (1, "", 1)
        return printed.err

    return call


def test_no_change_touches_no_stack(judged):
    assert judged()["stacks"] == []


def test_a_stack_file_touches_its_stack(clone, judged):
    clone.change("Pulumi.staging.yaml")
    found = judged()
    assert found["stacks"] == ["staging"]
    assert found["reasons"] == {"staging": ["its stack file changed: Pulumi.staging.yaml"]}
    assert found["warnings"] == []


def test_the_program_touches_every_stack_in_the_order_in_which_values_travel(clone, judged):
    clone.change("components/a.py", "components/b.py")
    found = judged()
    assert found["stacks"] == EVERY
    assert found["reasons"]["prod"] == [
        "the program changed: components/a.py, components/b.py; its golden manifest did not"
    ]


def test_a_golden_manifest_that_changed_with_the_program_is_not_said_to_stand_still(clone, judged):
    clone.change("components/a.py", "tests/stacks/golden/prod.txt")
    reasons = judged()["reasons"]
    assert reasons["prod"] == ["the program changed: components/a.py"]
    assert reasons["dev"] == ["the program changed: components/a.py; its golden manifest did not"]


def test_a_stack_file_and_the_program_give_two_reasons(clone, judged):
    clone.change("Pulumi.dev.yaml", "uv.lock")
    reasons = judged()["reasons"]["dev"]
    assert reasons[0] == "its stack file changed: Pulumi.dev.yaml"
    assert reasons[1].startswith("the program's packages changed: uv.lock")


@pytest.mark.parametrize(
    "path",
    [
        "Pulumi.yaml",
        "__main__.py",
        "components/stores/opensearch/scripts/notes.md",
        "uv.lock",
        "pyproject.toml",
        "images.lock",
        "toolchain/recipes.py",
        "toolchain/modules/pulumi-cli/go.mod",
        "toolchain/modules/pulumi-resource-kubernetes/go.sum",
    ],
)
def test_what_makes_the_program_or_its_engine_touches_every_stack(path):
    assert rule_of(path).every
    assert rule_of(path) is not UNKNOWN


@pytest.mark.parametrize(
    "path",
    [
        "docs/delivery.md",
        "docs/schema/stack.schema.json",
        "tests/stacks/golden/prod.txt",
        "ops/affected.py",
        ".github/workflows/preview.yaml",
        "delivery/waivers.yaml",
        ".github/CODEOWNERS",
        ".pre-commit-config.yaml",
        "LICENSE",
        "README.md",
        "toolchain/cluster.py",
        "toolchain/modules/validators/go.sum",
        "images/jobs/Dockerfile",
    ],
)
def test_what_is_no_part_of_the_program_touches_none(clone, judged, path):
    clone.change(path)
    assert judged()["stacks"] == []


@pytest.mark.parametrize("path", ["new/thing.py", "Pulumi.prod.yaml.orig", "nested/Pulumi.prod.yaml", "Makefile2"])
def test_a_path_that_nobody_thought_of_touches_every_stack(clone, judged, path):
    clone.change(path)
    found = judged()
    assert found["stacks"] == EVERY
    assert f"no rule of ops/affected.py knows the path: {path}" in found["reasons"]["prod"][0]


def test_every_file_of_the_project_is_known_to_a_rule():
    tracked = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    paths = [path for path in tracked.splitlines() if not path.startswith("Pulumi.") or path == "Pulumi.yaml"]
    assert len(paths) > 300
    assert [path for path in paths if rule_of(path) is UNKNOWN] == []
    assert any(rule.every for rule in RULES)


def test_a_rename_counts_on_both_sides(clone, judged):
    (clone.folder / "docs").mkdir()
    clone.git("mv", "components/a.py", "docs/a.py")
    clone.commit()
    assert judged()["stacks"] == EVERY


def test_a_stack_file_that_is_renamed_touches_both_stacks(clone, judged):
    clone.git("mv", "Pulumi.staging.yaml", "Pulumi.qa.yaml")
    clone.commit()
    found = judged()
    assert found["stacks"] == ["qa", "staging"], "what is no more comes last"
    assert found["reasons"]["staging"] == ["its stack file was deleted: Pulumi.staging.yaml"]
    assert "stays there" in found["warnings"][0]


def test_what_is_not_committed_counts(clone, judged):
    clone.write("Pulumi.dev.yaml", text="edited\n")
    clone.write("Pulumi.qa.yaml")
    assert judged()["stacks"] == ["dev", "qa"]


def test_what_the_base_did_meanwhile_is_not_ours(clone, judged):
    clone.change("Pulumi.dev.yaml")
    clone.git("checkout", "-q", "main")
    clone.change("Pulumi.prod.yaml")
    clone.git("checkout", "-q", "work")
    assert judged()["stacks"] == ["dev"]


def test_a_path_with_a_strange_name_is_read_whole(clone, judged):
    clone.change("docs/a\nPulumi.prod.yaml", 'docs/"quoted" ä.md')
    assert judged()["stacks"] == []


def test_a_person_reads_a_line_for_each_reason(clone, ran):
    clone.change("Pulumi.dev.yaml")
    (clone.folder / "Pulumi.prod.yaml").unlink()
    _, printed = ran("--base", "main")
    assert printed.out.splitlines() == [
        "dev        its stack file changed: Pulumi.dev.yaml",
        "prod       its stack file was deleted: Pulumi.prod.yaml",
    ]
    assert printed.err.startswith("warning: Pulumi.prod.yaml was deleted: ")


def test_a_folder_that_is_no_repository_is_refused(tmp_path, refused, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "is not a git repository" in refused(folder=tmp_path)


@pytest.mark.parametrize("base", ["origin/nowhere", "--output=x", ""])
def test_a_base_that_git_does_not_know_is_refused(refused, base):
    assert f"git knows no commit {base!r}" in refused(base)


def test_a_shallow_clone_without_the_base_says_how_to_fetch_it(clone, tmp_path, refused):
    clone.change("Pulumi.dev.yaml")
    clone.git("clone", "-q", "--depth=1", f"file://{clone.folder}", str(tmp_path / "shallow"))
    said = refused("main", folder=tmp_path / "shallow")
    assert "git fetch --unshallow, or fetch-depth: 0" in said


def test_a_shallow_clone_whose_base_shares_nothing_says_how_to_fetch_it(clone, tmp_path, refused):
    clone.change("Pulumi.dev.yaml")
    clone.git("checkout", "-q", "main")
    clone.change("Pulumi.prod.yaml")
    shallow = tmp_path / "shallow"
    clone.git("clone", "-q", "--depth=1", "--no-single-branch", f"file://{clone.folder}", str(shallow))
    said = refused("origin/work", folder=shallow)
    assert "this clone is shallow: git fetch --unshallow" in said


def test_histories_without_a_common_commit_are_refused(clone, refused):
    clone.git("checkout", "-q", "--orphan", "alone")
    clone.change("README.md")
    assert "main and HEAD have no commit in common; their histories are unrelated" in refused("main")


def test_without_git_it_is_said_what_is_missing(refused, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in refused()
