"""Where snapshots are kept: a folder on a volume of its own, or a bucket; nothing in it is ever seen half-written.

A prefix is a folder or a single file, never the beginning of a name: `sets/1` doesn't match `sets/10`.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Protocol

from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

BLOCK = 1024 * 1024
"""Bytes read at once."""

PARTIAL = ".partial-"
"""Begin of the names under which files are written before they have their own."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True)
class Stored:
    """What a file in the archive is: its size in bytes and its SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


class Archive(Protocol):
    """Files under relative POSIX paths; every failure is a `JobError`."""

    def put(self, path: str, source: BinaryIO) -> Stored:
        """Keep everything that `source` holds; a file of that path is replaced only when all of it has arrived."""

    def open(self, path: str) -> AbstractContextManager[BinaryIO]:
        """Open a file for reading from its beginning."""

    def read(self, path: str) -> bytes:
        """Return a small file."""

    def write(self, path: str, content: bytes) -> Stored:
        """Keep a small file."""

    def names(self, prefix: str = "") -> list[str]:
        """Return the sorted paths of all files below a folder, or of a single file."""

    def size(self, path: str) -> int:
        """Return the bytes of a file."""

    def delete(self, prefix: str) -> None:
        """Delete a file, or a folder with everything in it; what isn't there is no failure."""


class Measured(io.RawIOBase):
    """Passes a source on and hashes what passes."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self._source = source
        self._digest = hashlib.sha256()
        self._size = 0

    def readable(self) -> bool:
        """Return True; without it nothing would read from here."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes, all of the rest when no size is given."""
        block = self._source.read(-1 if size is None else size)
        self._digest.update(block)
        self._size += len(block)
        return block

    @property
    def stored(self) -> Stored:
        """What has passed until now."""
        return Stored(self._size, self._digest.hexdigest())


@dataclass(frozen=True)
class Folder:
    """An archive in a folder, which must exist: a volume that isn't mounted must not be mistaken for an empty one."""

    root: Path

    def put(self, path: str, source: BinaryIO) -> Stored:
        """Write to a temporary name, flush to the disk, and rename.

        Raises:
            JobError: the archive is full, can't be written, or isn't there; what was written is gone again.
        """
        target = self._at(path)
        measured = Measured(source)
        with self._explained(path):
            self._require()
            target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{PARTIAL}{uuid.uuid4().hex}")
        try:
            with self._explained(path):
                file = partial.open("xb", buffering=0)
            with file:
                # Outside of the explanation: what fails in the source is not the archive's fault.
                while block := measured.read(BLOCK):
                    with self._explained(path):
                        _write_all(file, block)
                with self._explained(path):
                    os.fsync(file.fileno())
            with self._explained(path):
                partial.replace(target)
                _flush_folders(target.parent, self.root)
        finally:
            partial.unlink(missing_ok=True)
        return measured.stored

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        """Open a file for reading.

        Raises:
            JobError: there is none, or it can't be read.
        """
        with self._explained(path):
            self._require()
            file = self._at(path).open("rb")
        with file:
            yield file

    def read(self, path: str) -> bytes:
        """Return a small file."""
        with self.open(path) as file, self._explained(path):
            return file.read()

    def write(self, path: str, content: bytes) -> Stored:
        """Keep a small file."""
        return self.put(path, io.BytesIO(content))

    def names(self, prefix: str = "") -> list[str]:
        """Return the sorted paths of all files below a folder, without those that are still being written."""
        start = self._at(prefix) if prefix else self.root
        with self._explained(prefix or "."):
            self._require()
            if start.is_file():
                return [prefix]
            return sorted(
                path.relative_to(self.root).as_posix()
                for path in start.rglob("*")
                if path.is_file() and not path.name.startswith(PARTIAL)
            )

    def size(self, path: str) -> int:
        """Return the bytes of a file."""
        with self._explained(path):
            return self._at(path).stat().st_size

    def delete(self, prefix: str) -> None:
        """Delete a file or a folder, with what an interrupted job left in it."""
        target = self._at(prefix)
        with self._explained(prefix):
            self._require()
            if target.is_dir() and not target.is_symlink():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)

    def _at(self, path: str) -> Path:
        return self.root / checked(path)

    def _require(self) -> None:
        if not self.root.is_dir():
            raise JobError(f"the archive can't be reached: {self.root} is no folder. Its pod must mount the volume.")

    @contextlib.contextmanager
    def _explained(self, path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _FULL:
                free = shutil.disk_usage(self.root).free
                message = (
                    f"the archive is full: {self.root} has {free} bytes free and {path} did not fit. Enlarge its "
                    "volume or shorten the retention; the snapshots that are complete stay as they are."
                )
            elif isinstance(error, FileNotFoundError):
                message = f"the archive {self.root} holds no file {path}."
            else:
                message = (
                    f"the archive {self.root} can't be used at {path} ({error.strerror}). Its volume must be mounted "
                    "writable, owned by the group of the job's pod."
                )
            raise JobError(message) from None


def checked(path: str) -> str:
    """Return a path that stays inside the archive.

    Raises:
        JobError: it is empty, absolute, or leaves its folder.
    """
    parts = PurePosixPath(path).parts
    if not parts or path != "/".join(parts) or ".." in parts or "\0" in path or "\\" in path:
        raise JobError(f"{path!r} is no path inside the archive: it must be relative, in its shortest form, without ..")
    return path


def from_orders(section: Mapping[str, str]) -> Archive:
    """Return the archive of `desired.json`: `{"folder": path}` or `{"bucket":, "prefix":, "region":}`.

    Raises:
        JobError: it names neither.
    """
    if "folder" in section:
        return Folder(Path(section["folder"]))
    if "bucket" in section:
        from components.foundation.jobkit.bucket import Bucket  # noqa: PLC0415 - boto3 exists in one image only

        return Bucket(section["bucket"], section.get("prefix", ""), section["region"], section.get("endpoint"))
    raise JobError("desired.json: `archive` names neither a folder nor a bucket.")


def _write_all(file: io.FileIO, block: bytes) -> None:
    rest = memoryview(block)
    while rest:
        rest = rest[file.write(rest) :]


def _flush_folders(folder: Path, root: Path) -> None:
    """Make the names themselves durable, up to the root: a folder that was just made is only an entry in its parent."""
    while True:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if folder == root:
            return
        folder = folder.parent
