"""What a stack file of production has beside what rules demand of every one, as a list that people read."""

from collections.abc import Callable
from dataclasses import dataclass

from components.settings.quantities import Duration
from components.settings.stack import StackSettings

HOUR, WEEK, MONTH = Duration.parse("1h"), Duration.parse("7d"), Duration.parse("30d")


@dataclass(frozen=True)
class Readiness:
    """A point of the list; numbers are those that were asked for.

    Attributes:
        what: How it is where it is as it should be.
        holds: Whether it is.
        remedy: What to write.
    """

    what: str
    holds: Callable[[StackSettings], bool]
    remedy: str
