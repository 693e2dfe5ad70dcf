"""Waiting for something with a deadline, so that a time-out says what was missing."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from components.foundation.jobkit.errors import JobError, RequestError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable

Found = TypeVar("Found")

PAUSE = 2.0
"""Seconds between two looks: formation takes tens of seconds, a look milliseconds."""


class NotYetError(Exception):
    """What is waited for is not there; the message says what is missing."""


@dataclass(frozen=True)
class Deadline:
    """A point in time that several waits share.

    Attributes:
        seconds: how long was given.
        end: on the monotonic clock.
        pause: seconds between two looks.
    """

    seconds: float
    end: float
    pause: float = PAUSE

    @classmethod
    def after(cls, seconds: float, pause: float = PAUSE) -> Deadline:
        """Return the deadline so many seconds from now."""
        return cls(seconds, time.monotonic() + seconds, pause)

    def wait(self, goal: str, look: Callable[[], Found]) -> Found:
        """Look until it doesn't say `NotYetError` or fail to reach the server; each new obstacle is told once.

        Raises:
            JobError: the time is over; says the goal and the last obstacle.
        """
        last = ""
        while True:
            try:
                return look()
            except (NotYetError, RequestError, UnreachableError) as obstacle:
                now = str(obstacle)
            if now != last:
                sys.stdout.write(f"waiting    {goal}: {now}\n")
                last = now
            if time.monotonic() + self.pause > self.end:
                raise JobError(f"{goal}: not within {self.seconds:g} s; at the end: {last}")
            time.sleep(self.pause)
