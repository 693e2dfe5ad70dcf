"""What the program declares for a real stack file, kept in a file between workers and runs of the same code."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pickle
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.harness.recorded import Declared

    Stored = tuple[list[Declared], dict[str, dict[str, Any]]]

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / ".ballast" / "tests"
SOURCES = ("components", "ops/manifest", "tests/harness/recorded.py", "tests/harness/declare.py", "uv.lock")
"""Everything that decides what is declared, beside the stack file: the program, what records it, and its packages."""


def digest(name: str) -> str:
    """Return what is another one as soon as a stack file, the code or a package is."""
    found = hashlib.sha256(sys.version.encode())
    for source in (*SOURCES, f"Pulumi.{name}.yaml"):
        path = PROJECT / source
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and file.suffix != ".pyc":
                content = file.read_bytes()
                found.update(f"{file.relative_to(PROJECT)} {len(content)}\n".encode() + content)
    return found.hexdigest()[:16]


def stored(name: str, declare: Callable[[], Stored]) -> Stored:
    """Return what `declare` returned for this state of the code; two workers don't declare the same at once."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        file = FOLDER / f"{name}-{digest(name)}.pickle"
        if not file.exists():
            made = declare()
            for older in FOLDER.glob(f"{name}-*.pickle"):
                older.unlink()
            # Whole or not at all: a run that is killed while it writes leaves nothing to be read.
            handle, scratch = tempfile.mkstemp(dir=FOLDER)
            with os.fdopen(handle, "wb") as output:
                pickle.dump(made, output, protocol=pickle.HIGHEST_PROTOCOL)
            Path(scratch).replace(file)
            return made
        return pickle.loads(file.read_bytes())  # noqa: S301 - written by this function
