"""Temporary folders of engine runs: each goes with its run, and one that was left behind goes with the next."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toolchain.locking import locked

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "run-"


@dataclass(frozen=True)
class Scratch:
    """A temporary folder, and the descriptor of a lock on it that the run and all its processes are to inherit."""

    folder: Path
    lock: int

    def variables(self) -> dict[str, str]:
        """What makes a program put its temporary files here."""
        return {"TMPDIR": str(self.folder)}


@contextmanager
def scratch(root: Path) -> Iterator[Scratch]:
    """A temporary folder under `root` for one run; it is removed at the end, with what the run left in it.

    Before that, folders of dead runs are removed: of those that were killed before they could do so themselves.

    The provider for Kubernetes writes the kubeconfig, credential included, into a temporary file and forgets it.
    """
    root.mkdir(parents=True, exist_ok=True)
    with locked(root / "lock", "another run that makes its temporary folder"):
        for folder in root.glob(f"{_PREFIX}*"):
            _remove_if_dead(folder)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield Scratch(folder, lock)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _remove_if_dead(folder: Path) -> None:
    """Remove the folder of a run none of whose processes is alive.

    A process id would not do: an engine, or its provider, can outlive the command that started it. The kernel keeps
    the lock as long as any process has inherited it.
    """
    # Another run may have ended and removed its folder meanwhile.
    with suppress(FileNotFoundError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(handle)
