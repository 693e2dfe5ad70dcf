"""One line of what was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What was found about one thing."""

    GOOD = "good"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """It can't be read, or nothing tells what it means here."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was looked at, and what follows.

    Attributes:
        verdict: whether it fits.
        what: what was looked at.
        seen: what it is; where it does not fit, what would go wrong.
        remedy: what to do; empty where it fits.
    """

    verdict: Verdict
    what: str
    seen: str
    remedy: str = ""

    @property
    def line(self) -> str:
        """All of it in one line."""
        remedy = f". {self.remedy}" if self.remedy else ""
        return f"{self.verdict:<9}{self.what}: {self.seen}{remedy}"


def good(what: str, seen: str) -> Finding:
    """Return that something fits."""
    return Finding(verdict=Verdict.GOOD, what=what, seen=seen)


def wrong(what: str, seen: str, remedy: str) -> Finding:
    """Return that something would go wrong, and what to do before."""
    return Finding(verdict=Verdict.WRONG, what=what, seen=seen, remedy=remedy)


def unknown(what: str, seen: str, remedy: str) -> Finding:
    """Return that something can't be told, and how a person finds it out."""
    return Finding(verdict=Verdict.UNKNOWN, what=what, seen=seen, remedy=remedy)
