"""`ballast manifest`: shows, writes, judges and compares golden manifests."""

from __future__ import annotations

import pytest

from ops.__main__ import main
from ops.golden import files, work
from tests.harness.clone import git
from tests.harness.declare import PROJECT

STACKS = ("dev", "prod")


pytestmark = pytest.mark.programs


def golden(project, stack):
    return project / files.golden_path(stack)


@pytest.fixture
def project(tmp_path):
    """A repository with two stacks whose golden manifests are up to date."""
    for stack in STACKS:
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(f"{stack}\n")
        golden(tmp_path, stack).parent.mkdir(parents=True, exist_ok=True)
        golden(tmp_path, stack).write_text(f"# {stack}\n\nService a/{stack}  <- Platform platform\n  else: 1\n")
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
        git(tmp_path, *command)
    return tmp_path


@pytest.fixture
def program(monkeypatch, project):
    """What the program declares, as text, for each stack; the process itself has tests of its own."""
    texts = {stack: golden(project, stack).read_text() for stack in STACKS}
    given = lambda _project, stacks: {stack: texts[stack] for stack in stacks}  # noqa: E731 - for both of its names
    monkeypatch.setattr(work, "declared", given)
    monkeypatch.setattr(work, "all_entries", given)
    monkeypatch.setattr(work, "golden_texts", lambda texts: texts)
    return texts


@pytest.fixture
def ran(project, program, capsys):
    """Runs the command; returns its exit code and what it printed."""
    assert set(program) == set(STACKS)

    def call(*arguments):
        try:
            code = main(["manifest", *arguments, "--project", str(project)])
        except SystemExit as end:
            code = end.code
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return code, printed.out, printed.err

    return call


def test_a_stack_is_shown(ran, program):
    assert ran("prod") == (0, program["prod"], "")


def test_manifests_that_are_up_to_date_pass_and_are_not_touched(ran, project):
    before = golden(project, "dev").stat().st_mtime_ns
    assert ran("--check")[0] == 0
    assert ran("--write")[1].count("unchanged") == 2
    assert golden(project, "dev").stat().st_mtime_ns == before


def test_a_stale_manifest_is_refused_with_the_one_command_that_helps(ran, program):
    program["prod"] += "Service a/new  <- Platform platform\n"
    code, _, said = ran("--all", "--check")
    assert code == 1
    assert said == (
        "error: tests/stacks/golden/prod.txt: not what the program declares. "
        "./ballast manifest --write brings it up to date.\n"
    )
    assert ran("dev", "--check")[0] == 0


def test_a_stale_manifest_is_written(ran, project, program):
    program["prod"] += "Service a/new  <- Platform platform\n"
    code, said, _ = ran("--all", "--write")
    assert code == 0
    assert "wrote      tests/stacks/golden/prod.txt" in said
    assert golden(project, "prod").read_text() == program["prod"]
    assert sorted(path.name for path in golden(project, "prod").parent.iterdir()) == ["dev.txt", "prod.txt"]


def test_the_manifest_of_a_stack_that_is_no_more_is_refused_and_goes(ran, project):
    (project / "Pulumi.prod.yaml").unlink()
    assert "tests/stacks/golden/prod.txt" in ran("--all", "--check")[2]
    assert ran("dev", "--write")[0] == 0
    assert golden(project, "prod").exists()
    assert "removed" in ran("--all", "--write")[1]
    assert not golden(project, "prod").exists()


def test_nothing_is_written_when_one_stack_is_refused(ran, project, monkeypatch):
    before = golden(project, "dev").read_text()
    (project / "Pulumi.dev.yaml").write_text((PROJECT / "Pulumi.dev.yaml").read_text())
    monkeypatch.setattr(work, "declared", files.declared)
    code, _, said = ran("--all", "--write")
    assert code == 1
    assert said.startswith("error: Pulumi.prod.yaml: ")
    assert golden(project, "dev").read_text() == before


def test_the_difference_to_a_base_tells_what_is_declared_now_and_what_was_forgotten(ran, program):
    program["prod"] += "  spec.replicas: 2\n"
    code, said, _ = ran("--diff", "main")
    assert code == 0
    assert "**dev**: nothing changes" in said
    assert "**prod**: 1 changed" in said
    assert "+  spec.replicas: 2" in said
    assert "Not up to date in this change: prod" in said
    assert "What is inside of files is not compared, because the base's program doesn't run here" in said


def test_the_difference_names_a_stack_that_is_gone(ran, project):
    (project / "Pulumi.prod.yaml").unlink()
    golden(project, "prod").unlink()
    assert "- Service a/prod" in ran("--diff", "main")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name one stack, or --all"),
        (("dev", "--all"), "name one stack, or --all"),
        (("qa",), "there is no stack qa: this folder has dev, prod"),
        (("dev", "--write", "--check"), "one of them at a time"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(ran, arguments, said):
    code, _, error = ran(*arguments)
    assert code == 2
    assert said in " ".join(error.replace("│", " ").split())


def test_a_base_that_git_does_not_know_is_refused(ran):
    assert ran("--diff", "nowhere")[2].startswith("error: git knows no commit 'nowhere'")
