"""Writes a file whole or not at all, and never over what somebody else wrote meanwhile."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from ops.errors import RefusedError


def write_atomically(path: Path, before_bytes: bytes, after_text: str) -> None:
    """Put a text in the place of what a file holds; a symbolic link stays one, and so do the file's mode and owner.

    Args:
        path: The file.
        before_bytes: What the text was made from; the file must still hold it.
        after_text: What it is to hold, written in UTF-8 with its line breaks as they are.

    Raises:
        RefusedError: The file holds something else by now, or can't be written. It is as it was.
    """
    try:
        real = path.resolve(strict=True)
        with tempfile.NamedTemporaryFile(dir=real.parent, prefix=f".{real.name}.", delete=False) as file:
            temporary = Path(file.name)
            try:
                _fill(file.fileno(), real.stat(), after_text.encode())
                # Last of all: the time between this look and the renaming is too short for a person's editor.
                _check(path, real, before_bytes)
                temporary.replace(real)
            except BaseException:
                # Ctrl-C too leaves nothing behind.
                temporary.unlink(missing_ok=True)
                raise
        _settle(real.parent)
    except OSError as error:
        raise RefusedError(
            f"{path.name}: can't be written in {path.parent}: {error.strerror}. The file is as it was. "
            "Give this user the right to write there, or make room, and run the command again."
        ) from None


def _check(path: Path, real: Path, before_bytes: bytes) -> None:
    if real.read_bytes() != before_bytes:
        raise RefusedError(
            f"{path.name}: was changed meanwhile by somebody else. Nothing was written. Run the command again."
        )


def _fill(file: int, like: os.stat_result, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]
    # A file of another owner that this user may write stays readable for its owner's group where that is allowed.
    with suppress(PermissionError):
        os.fchown(file, like.st_uid, like.st_gid)
    os.fchmod(file, stat.S_IMODE(like.st_mode))
    os.fsync(file)


def _settle(folder: Path) -> None:
    """Make the renaming last through a loss of power, where the file system has a way to."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
