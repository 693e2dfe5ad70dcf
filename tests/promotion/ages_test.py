"""How long values have stood, by real git repositories."""

from __future__ import annotations

import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta

import pytest

from components.settings.document import read_document
from ops.promotion.ages import NOT_COMMITTED, Age, Ages
from tests.harness.declare import PROJECT
from tests.harness.repository import Repository

FIRST = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECOND = FIRST + timedelta(days=3)
NAME = "Pulumi.staging.yaml"
TEXT = """\
config:
  # a comment
  ballast:qdrant:
    version: 1.19.0   # promoted
    vector: {size: 1024, distance: cosine}
    patterns:
      - one
      # between them
      - two

  ballast:folded: >-
      a text
      in two lines
  ballast:teardown: refuse
"""


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "project", NAME)


def read(path):
    return Ages.read(path, read_document(path))


def of(path, key):
    return read(path).of(tuple(key.split(".")))


def changes(repository, old, new):
    """Commit the text, and then the text with one change."""
    assert TEXT.count(old) == 1
    repository.commit(TEXT, FIRST)
    repository.commit(TEXT.replace(old, new), SECOND)


def test_a_value_stands_since_the_author_wrote_its_line(repository):
    changes(repository, "1.19.0", "1.20.0")
    found = read(repository.path)
    assert found.of(("qdrant", "version")) == Age(SECOND)
    assert found.of(("teardown",)) == found.of(("qdrant", "vector", "size")) == Age(FIRST)
    assert found.reason == ""


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("- two", "- three", "qdrant.patterns"),
        ("in two", "on two", "folded"),
        ("size: 1024", "size: 8", "qdrant.vector"),
        ("size: 1024", "size: 8", "qdrant"),
    ],
)
def test_of_several_lines_the_newest_counts(repository, old, new, key):
    changes(repository, old, new)
    assert of(repository.path, key) == Age(SECOND)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("in two lines", "in two lines\n  # another comment", "folded"),
        ("# between them", "# amidst", "qdrant.patterns"),
        ("version: 1.19.0   # promoted", "version:   1.19.0 # promoted", "qdrant.version"),
    ],
)
def test_comments_between_lines_and_blanks_make_nothing_younger(repository, old, new, key):
    changes(repository, old, new)
    assert of(repository.path, key) == Age(FIRST)


def test_a_line_that_moved_keeps_its_age(repository):
    changes(repository, "config:\n", "# a new first line\nconfig:\n")
    assert of(repository.path, "qdrant.version") == Age(FIRST)


def test_what_is_not_committed_says_so(repository):
    repository.commit(TEXT, FIRST)
    repository.path.write_text(TEXT.replace("- two", "- two\n      - three"), encoding="utf-8")
    assert of(repository.path, "qdrant.patterns") == Age(None, NOT_COMMITTED)
    assert of(repository.path, "qdrant.version") == Age(FIRST)


def test_a_file_that_was_never_added_is_not_committed(repository):
    repository.commit(TEXT, FIRST)
    other = repository.folder / "Pulumi.prod.yaml"
    other.write_text(TEXT, encoding="utf-8")
    assert of(other, "qdrant.version") == Age(None, NOT_COMMITTED)


def test_a_repository_without_a_commit_knows_no_age(repository):
    repository.path.write_text(TEXT, encoding="utf-8")
    assert of(repository.path, "qdrant.version") == Age(None, NOT_COMMITTED)


def test_a_key_that_the_file_does_not_write_has_no_age(repository):
    repository.commit(TEXT, FIRST)
    assert of(repository.path, "qdrant.nodes") == Age(None, "not written")


def test_a_folder_that_is_no_repository_is_the_one_reason(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    path = tmp_path / NAME
    path.write_text(TEXT, encoding="utf-8")
    assert read(path).reason == "not a git repository"
    assert of(path, "qdrant.version") == Age(None, "not a git repository")


def test_a_machine_without_git_is_the_one_reason(repository, monkeypatch, tmp_path):
    repository.commit(TEXT, FIRST)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read(repository.path).reason == "git is not installed"


def test_the_end_of_a_shallow_clone_is_not_taken_for_an_age(repository, tmp_path):
    changes(repository, "1.19.0", "1.20.0")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", repository.folder.as_uri(), str(clone)], check=True)
    found = read(clone / NAME)
    assert found.reason == "the clone is shallow; `git fetch --unshallow` brings the history"
    assert found.of(("qdrant", "version")).since is None


def test_ages_are_spoken_in_the_largest_whole_unit():
    spoken = [
        Age(FIRST).spoken(FIRST + timedelta(seconds=seconds)) for seconds in (-60, 59, 60, 7199, 7200, 86400, 10**8)
    ]
    assert spoken == ["0 s", "59 s", "1 min", "1 h", "2 h", "1 d", "1157 d"]
    assert Age(None, NOT_COMMITTED).spoken(FIRST) == "new"
    assert Age(None, "git is not installed").spoken(FIRST) == "-"


def test_asking_for_three_files_is_quick(repository):
    """Measured here: 0.06 s for the three; the limit leaves room for a busy machine."""
    documents = []
    for environment in ("dev", "staging", "prod"):
        path = repository.folder / f"Pulumi.{environment}.yaml"
        shutil.copy(PROJECT / path.name, path)
        documents.append((path, read_document(path)))
    repository.git("add", ".")
    repository.git("commit", "-q", "-m", "the files", at=FIRST)
    begun = time.perf_counter()
    found = [Ages.read(path, document) for path, document in documents]
    assert time.perf_counter() - begun < 1
    assert {ages.of(("opensearch", "version")) for ages in found} == {Age(FIRST)}
