"""An archive on a volume."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from components.foundation.jobkit.archive import BLOCK, Measured, Stored, checked
from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PARTIAL = ".partial-"
"""Begin of the names under which files are written before they have their own."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


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
