"""Lines that say what is going on and for how long."""

from __future__ import annotations

import sys
import time
from typing import TextIO

_HEARTBEAT_TTY = 1.0
_HEARTBEAT_LOG = 10.0


def elapsed(seconds: float) -> str:
    """A duration in seconds as people say it: 8s, 2m31s, 1h02m."""
    whole = int(seconds)
    if whole < 60:  # noqa: PLR2004 - seconds in a minute
        return f"{whole}s"
    if whole < 3600:  # noqa: PLR2004 - seconds in an hour
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m"


def say(text: str) -> None:
    """Print one line for the person at the terminal, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Progress:
    """The progress of one step: a heartbeat while it runs, one closing line when it is over.

    On a terminal the heartbeat rewrites its line every second; in a log it is a new line every ten seconds.
    """

    def __init__(self, title: str, stream: TextIO | None = None) -> None:
        self._title = title
        self._stream = stream or sys.stdout
        self._tty = self._stream.isatty()
        self._started = self._last = time.monotonic()
        self._write(f"{title} …" + ("" if self._tty else "\n"))

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()

    def beat(self, detail: str = "") -> None:
        """Say that the step is still running, if it is time to."""
        now = time.monotonic()
        if now - self._last < (_HEARTBEAT_TTY if self._tty else _HEARTBEAT_LOG):
            return
        self._last = now
        line = f"{self._title} … {elapsed(now - self._started)}" + (f" ({detail})" if detail else "")
        self._write(f"\r\x1b[K{line[:110]}" if self._tty else line + "\n")

    def finish(self, result: str) -> None:
        """Close the step with what came of it and how long it took."""
        line = f"{self._title} … {result} {elapsed(time.monotonic() - self._started)}\n"
        self._write(f"\r\x1b[K{line}" if self._tty else line)
