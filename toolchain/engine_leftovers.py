"""What a killed Pulumi left in a local file backend: locks, and notes that were half-written."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

from toolchain.processes import identity

if TYPE_CHECKING:
    from pathlib import Path


def is_abandoned(lock: Path) -> bool:
    """Whether a lock file's owner was a process of this machine that is dead by now."""
    try:
        content = json.loads(lock.read_text())
        pid, host = int(content["pid"]), content["hostname"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return host == socket.gethostname() and identity(pid) is None


def abandoned_stacks(backend: Path) -> list[str]:
    """Stacks of a file backend all of whose locks are abandoned, as `organization/project/stack`.

    Args:
        backend: the folder that the backend's URL names.
    """
    root = backend / ".pulumi" / "locks"
    stacks = {lock.parent for lock in root.rglob("*.json")}
    return sorted(
        folder.relative_to(root).as_posix()
        for folder in stacks
        if all(is_abandoned(lock) for lock in folder.glob("*.json"))
    )


def torn_notes(backend: Path) -> list[Path]:
    """Files of a file backend that hold notes about its objects and were never finished.

    An object itself appears whole or not at all; the note beside it (`.attrs`, a checksum and a type) is written in
    place, and one that is cut off makes the backend refuse the object with `EOF`. It does without the note.

    Args:
        backend: the folder that the backend's URL names.
    """
    return [note for note in sorted((backend / ".pulumi").rglob("*.attrs")) if _is_torn(note)]


def _is_torn(note: Path) -> bool:
    try:
        json.loads(note.read_text())
    except FileNotFoundError:
        return False  # an engine at work has renamed it
    except (OSError, ValueError):
        return True
    return False
