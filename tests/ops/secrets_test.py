"""`ballast secrets`: which there are, since when by git, and which are due; never a value."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from ops.__main__ import main
from tests.harness.declare import PROJECT
from tests.harness.repository import Repository

NAME = "Pulumi.dev.yaml"
NOW = datetime.now(tz=UTC)


@pytest.fixture
def repository(tmp_path):
    """Dev's real file, committed a hundred days ago, and one of its secrets exchanged since."""
    made = Repository(tmp_path / "project", NAME)
    shutil.copyfile(PROJECT / NAME, made.path)
    made.commit_all("all secrets", at=NOW - timedelta(days=100))
    exchange(made, "grafanaAdminPassword")
    made.commit_all("another password", at=NOW - timedelta(days=3))
    return made


def exchange(repository, name):
    """Let a secret have another ciphertext."""
    text = repository.path.read_text(encoding="utf-8")
    begin = text.index(f"ballast:{name}:")
    repository.path.write_text(text[:begin] + text[begin:].replace("secure: v1:", "secure: v1:A", 1), encoding="utf-8")


@pytest.fixture
def ran(repository, capsys):
    def call(*arguments):
        try:
            code = main(["secrets", "dev", *arguments, "--project", str(repository.folder)]) or 0
        except SystemExit as end:
            code = end.code
        printed = capsys.readouterr()
        assert "v1:" not in printed.out + printed.err
        return code, {line[11:].split()[0]: line for line in printed.out.splitlines()}, printed.err

    return call


def test_what_stood_for_more_than_90_days_is_due_and_comes_first(ran):
    code, lines, _ = ran()
    assert code == 0
    assert lines["opensearchAdminPassword"].startswith("due        opensearchAdminPassword ")
    assert " 100 d " in lines["opensearchAdminPassword"]
    assert "password of the user `admin`" in lines["opensearchAdminPassword"]
    assert lines["grafanaAdminPassword"].startswith("set ")
    assert " 3 d " in lines["grafanaAdminPassword"]
    states = [line.split()[0] for line in lines.values()]
    assert states == sorted(states, key=["missing", "due", "set", "left"].index)


def test_what_is_not_committed_is_new(ran, repository):
    exchange(repository, "opensearchAdminPassword")
    assert "  new  " in ran()[1]["opensearchAdminPassword"]


def test_a_missing_one_and_one_too_many_are_named_and_fail_a_check(ran, repository):
    text = repository.path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines(keepends=True) if "ballast:opensearchMetricsPassword" not in line]
    assert len(lines) < text.count("\n")
    begin = next(index for index, line in enumerate(lines) if line.startswith("  ballast:grafana:"))
    end = next(index for index, line in enumerate(lines) if index > begin and line.startswith("  ballast:"))
    repository.path.write_text("".join(lines[:begin] + lines[end:]), encoding="utf-8")
    code, found, said = ran("--check")
    assert code == 3
    assert found["opensearchMetricsPassword"].startswith("missing ")
    assert "opensearchMetricsPassword" in said


def test_without_a_history_nothing_is_claimed(ran, repository):
    shutil.rmtree(repository.folder / ".git")
    code, lines, said = ran()
    assert (code, lines) == (1, {})
    assert "run it in a clone of the repository" in said
