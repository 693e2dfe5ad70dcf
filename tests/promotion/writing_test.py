"""A stack file is written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ops.errors import RefusedError
from ops.promotion.writing import write_atomically

BEFORE = b"config:\r\n  a: 1\r\n"
AFTER = "config:\r\n  a: 2  # \u00e9\r\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "Pulumi.prod.yaml"
    path.write_bytes(BEFORE)
    return path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_text_is_written_as_it_is_and_nothing_stays_beside_it(file):
    write_atomically(file, BEFORE, AFTER)
    assert file.read_bytes() == AFTER.encode()
    assert names(file.parent) == [file.name]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_the_mode_stays(file, mode):
    file.chmod(mode)
    write_atomically(file, BEFORE, AFTER)
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_symbolic_link_stays_one(file, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = folder / "Pulumi.prod.yaml"
    link.symlink_to(Path("..") / file.name)
    write_atomically(link, BEFORE, AFTER)
    assert link.is_symlink()
    assert file.read_bytes() == AFTER.encode()
    assert names(folder) == [link.name]


def test_a_file_that_was_changed_meanwhile_is_left_alone(file):
    file.write_bytes(BEFORE + b"# theirs\n")
    with pytest.raises(RefusedError, match=r"Pulumi\.prod\.yaml: was changed meanwhile.*Run the command again"):
        write_atomically(file, BEFORE, AFTER)
    assert file.read_bytes() == BEFORE + b"# theirs\n"
    assert names(file.parent) == [file.name]


def test_a_change_while_the_new_text_is_on_its_way_is_seen_too(file, monkeypatch):
    real = os.fsync

    def meanwhile(descriptor):
        file.write_bytes(b"theirs")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", meanwhile)
    with pytest.raises(RefusedError, match="changed meanwhile"):
        write_atomically(file, BEFORE, AFTER)
    assert file.read_bytes() == b"theirs"
    assert names(file.parent) == [file.name]


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt),
        (OSError(28, "No space left on device"), RefusedError),
    ],
)
@pytest.mark.parametrize("step", ["write", "fchmod", "fsync"])
def test_what_breaks_before_the_renaming_leaves_the_file_as_it_was(file, monkeypatch, step, error, shown):
    def broken(*_):
        raise error

    monkeypatch.setattr(os, step, broken)
    with pytest.raises(shown):
        write_atomically(file, BEFORE, AFTER)
    monkeypatch.undo()
    assert file.read_bytes() == BEFORE
    assert names(file.parent) == [file.name]


def test_a_process_that_dies_before_the_renaming_leaves_the_file_as_it_was(file, monkeypatch):
    child = os.fork()
    if child == 0:
        # Stands for a loss of power: nothing after it runs, no clean-up either.
        monkeypatch.setattr(os, "fsync", lambda _: os._exit(9))
        write_atomically(file, BEFORE, AFTER)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 9
    assert file.read_bytes() == BEFORE


def test_a_folder_that_can_t_be_written_in_is_a_sentence(file, monkeypatch):
    # As root, who may write everywhere, a test can only say what the system would.
    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", denied)
    with pytest.raises(RefusedError, match=r"Pulumi\.prod\.yaml: can't be written in .*Permission denied.*as it was"):
        write_atomically(file, BEFORE, AFTER)
    assert file.read_bytes() == BEFORE


def test_a_file_that_is_gone_is_a_sentence(file):
    file.unlink()
    with pytest.raises(RefusedError, match=r"Pulumi\.prod\.yaml: can't be written.*No such file"):
        write_atomically(file, BEFORE, AFTER)
    assert names(file.parent) == []
