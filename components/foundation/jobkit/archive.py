"""Where snapshots are kept: a folder on a volume of its own, or a bucket; nothing in it is ever seen half-written.

A prefix is a folder or a single file, never the beginning of a name: `sets/1` doesn't match `sets/10`.
"""

from __future__ import annotations

import errno
import hashlib
import io
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Protocol

from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
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


def checked(path: str) -> str:
    """Return a path that stays inside the archive.

    Raises:
        JobError: it is empty, absolute, or leaves its folder.
    """
    parts = PurePosixPath(path).parts
    if not parts or path != "/".join(parts) or ".." in parts or "\0" in path or "\\" in path:
        raise JobError(f"{path!r} is no path inside the archive: it must be relative, in its shortest form, without ..")
    return path
