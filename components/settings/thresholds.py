"""From which value on people are told, and how long it has to last: one text, such as `5% for 5m`."""

from dataclasses import dataclass
from typing import Annotated

from components.settings.matching import Matching
from components.settings.quantities import Duration

_SHARE = r"(?!0(\.0+)?%)[1-9]?[0-9](\.[0-9]{1,3})?%"
_TIME = "[1-9][0-9]{0,4}(ms|s)"
_COUNT = "[1-9][0-9]{0,8}"
_RATE = f"{_COUNT}/(s|min)"
_SCORE = r"(?!0\.0+ )[0-9]\.[0-9]{1,4}"
_LASTS = "(at once|for [1-9][0-9]{0,2}(m|h))"

#: Dots of `0.90` stand in YAML's numbers; with what follows them they are text without quotes.
Lasting = Annotated[str, Matching(_LASTS, "how long it lasts, at once or for minutes or hours", "for 5m")]
Share = Annotated[str, Matching(_SHARE, "a share in percent", "95%")]
Time = Annotated[str, Matching(_TIME, "a time in ms or s", "100ms")]
Dollars = Annotated[str, Matching(r"\$[1-9][0-9]{0,8}", "whole dollars behind a $", "$500")]
Factor = Annotated[str, Matching(r"[1-9][0-9]?(\.[0-9])?x", "how many times as much, with an x behind it", "2x")]
ShareLimit = Annotated[
    str, Matching(f"{_SHARE} {_LASTS}", "a share in percent and how long it lasts (for 5m, or at once)", "5% for 5m")
]
TimeLimit = Annotated[
    str, Matching(f"{_TIME} {_LASTS}", "a time in ms or s and how long it lasts (for 5m, or at once)", "150ms for 5m")
]
CountLimit = Annotated[
    str, Matching(f"{_COUNT} {_LASTS}", "a number and how long it lasts (for 5m, or at once)", "1000 for 10m")
]
RateLimit = Annotated[
    str,
    Matching(f"{_RATE} {_LASTS}", "a number /s or /min and how long it lasts (for 5m, or at once)", "10/min for 5m"),
]
ScoreLimit = Annotated[
    str, Matching(f"{_SCORE} {_LASTS}", "a decimal number and how long it lasts (for 1h, or at once)", "0.90 for 1h")
]

_UNITS = {"%": 0.01, "ms": 0.001, "s": 1, "/s": 1, "/min": 1 / 60, "x": 1, "": 1}


@dataclass(frozen=True)
class Threshold:
    """What such a text says.

    Attributes:
        value: a share, seconds, how many, how many in a second, or dollars.
        after: how long it has to be so; None for at once.
    """

    value: float
    after: Duration | None

    @classmethod
    def parse(cls, text: str) -> "Threshold":
        """Read a text that fits one of the shapes above."""
        amount, _, lasts = text.partition(" ")
        number = amount.strip("$%/abcdefghijklmnopqrstuvwxyz")
        return cls(round(float(number) * _UNITS[amount.lstrip("$0123456789.")], 9), lasting(lasts))


def lasting(text: str) -> Duration | None:
    """How long something has to be so; None for at once."""
    return Duration.parse(text.removeprefix("for ")) if text.startswith("for ") else None
