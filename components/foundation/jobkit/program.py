"""The frame of every job program: how it begins, and the one way in which it ends."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.orders import Orders

if TYPE_CHECKING:
    from collections.abc import Callable


def run(name: str, work: Callable[[Orders], None]) -> int:
    """Run a job on what its pod mounts; return the exit code, 1 after one line that begins with `failed`.

    A pod that is taken away leaves through its `finally` blocks, as after a person's interrupt.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        work(Orders.read(os.environ))
    except JobError as error:
        sys.stderr.write(f"failed     {name}: {error}\n")
        return 1
    return 0


def tell(line: str) -> None:
    """Print one line about one thing; a log that is followed shows it at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
