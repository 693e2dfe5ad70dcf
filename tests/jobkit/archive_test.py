from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, BinaryIO, cast

import pytest

from components.foundation.jobkit import folder as archives
from components.foundation.jobkit.archive import Stored
from components.foundation.jobkit.archives import opened
from components.foundation.jobkit.config import FolderArchive
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.folder import PARTIAL, Folder

if TYPE_CHECKING:
    from pathlib import Path

    from components.foundation.jobkit.archive import Archive


class Breaking(io.RawIOBase):
    """A source that ends with an error after its first block."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = [b"x" * 1000]

    def readable(self) -> bool:
        return True

    def read(self, _size: int | None = -1, /) -> bytes:
        if not self.blocks:
            raise JobError("the store went away")
        return self.blocks.pop()


def test_what_is_put_is_read_again_with_its_size_and_hash(archive: Archive) -> None:
    content = bytes(range(256)) * 20_000
    stored = archive.put("sets/1/points", io.BytesIO(content))
    assert stored == Stored(len(content), hashlib.sha256(content).hexdigest())
    with archive.open("sets/1/points") as file:
        assert file.read(10) == content[:10]
        assert file.read() == content[10:]
    assert archive.size("sets/1/points") == len(content)


def test_names_are_files_below_a_folder_and_not_beginnings_of_names(archive: Archive) -> None:
    for path in ("sets/1/b", "sets/1/a", "sets/10/a", "other"):
        archive.write(path, b"")
    assert archive.names() == ["other", "sets/1/a", "sets/1/b", "sets/10/a"]
    assert archive.names("sets/1") == ["sets/1/a", "sets/1/b"]
    assert archive.names("sets/1/a") == ["sets/1/a"]
    assert archive.names("absent") == []


def test_a_folder_is_deleted_without_its_neighbours(archive: Archive) -> None:
    for path in ("sets/1/a", "sets/10/a", "sets/2"):
        archive.write(path, b"kept")
    archive.delete("sets/1")
    archive.delete("sets/absent")
    assert archive.names() == ["sets/10/a", "sets/2"]
    archive.delete("sets/2")
    assert archive.names() == ["sets/10/a"]


@pytest.mark.parametrize("path", ["", ".", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "./a"])
def test_a_path_that_could_leave_the_archive_is_refused(archive: Archive, path: str) -> None:
    archive.write("kept", b"kept")
    for act in (archive.delete, archive.read, archive.size, lambda name: archive.write(name, b"")):
        with pytest.raises(JobError, match="is no path inside the archive"):
            act(path)
    assert archive.names() == ["kept"]


def test_a_file_that_is_not_there_is_named(archive: Archive) -> None:
    for act in (archive.read, archive.size):
        with pytest.raises(JobError, match="holds no file sets/absent"):
            act("sets/absent")


def test_a_source_that_breaks_leaves_the_file_as_it_was(archive: Archive) -> None:
    archive.write("manifest", b"the first")
    with pytest.raises(JobError, match=r"^the store went away$"):
        archive.put("manifest", cast("BinaryIO", Breaking()))
    assert archive.read("manifest") == b"the first"
    assert archive.names() == ["manifest"]


def test_a_reader_never_sees_a_mixture_of_two_files(archive: Archive) -> None:
    archive.write("manifest", b"the first")
    with archive.open("manifest") as file:
        archive.write("manifest", b"the second")
        assert file.read() == b"the first"
    assert archive.read("manifest") == b"the second"


def test_a_full_folder_is_told_in_one_sentence_and_keeps_what_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Folder(tmp_path)
    archive.write("sets/1/manifest.json", b"{}")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archives, "_write_all", full)
    with pytest.raises(JobError, match=r"^the archive is full: .* bytes free and sets/2/points did not fit\."):
        archive.write("sets/2/points", b"too much")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["manifest.json"]


def test_a_volume_that_is_not_mounted_is_no_empty_archive(tmp_path: Path) -> None:
    absent = Folder(tmp_path / "absent")
    for act in (absent.names, lambda: absent.write("a", b""), lambda: absent.delete("a"), lambda: absent.read("a")):
        with pytest.raises(JobError, match=r"can't be reached: .*absent is no folder\. Its pod must mount"):
            act()
    assert not (tmp_path / "absent").exists()


def test_what_an_interrupted_job_left_is_not_listed_and_goes_with_its_folder(tmp_path: Path) -> None:
    archive = Folder(tmp_path)
    archive.write("sets/1/a", b"")
    left = tmp_path / "sets" / "1" / f"{PARTIAL}0"
    left.write_bytes(b"half")
    assert archive.names() == ["sets/1/a"]
    archive.delete("sets/1")
    assert not left.exists()


def test_the_configuration_chooses_the_archive(tmp_path: Path) -> None:
    assert opened(FolderArchive(folder=str(tmp_path))) == Folder(tmp_path)
