"""Versions of programs as numbers that compare, however their tags are spelled."""

import re
from dataclasses import dataclass

#: `v` before the numbers, and whatever follows them behind a hyphen or a plus, say nothing about order.
_TAG = re.compile(r"v?([0-9]+(?:\.[0-9]+){0,2})(?:[-+].*)?", re.ASCII)


#: Major, minor and patch.
Release = tuple[int, int, int]
#: No program of the platform has had more patches of one minor.
MOST_PATCHES = 50


def release(tag: object) -> Release | None:
    """Major, minor and patch of a version or an image tag such as `3.8.0`, `v1.11.0` or `3.13-slim`.

    Args:
        tag: A value of the stack file.

    Returns:
        Three numbers, those that are left out as 0; None where a tag has no numbers, which can't be ordered.
    """
    match = _TAG.fullmatch(tag) if isinstance(tag, str) else None
    if match is None:
        return None
    major, minor, patch, *_ = (*map(int, match[1].split(".")), 0, 0)
    return major, minor, patch


@dataclass(frozen=True)
class Supported:
    """From which version on a program is known, and up to which major.

    Attributes:
        first: The first one. Where nothing is said, the minor that the stack files had when it was last tried.
        unknown: The first major that is not known: keys, calls and files may be others there.
        why: What was missing before.
        tried: The newest one that was tried; left out, the first one.
        ahead: How many minors may follow it, about a year of releases: enough for an update without a change here, and
            too few for a digit too many.
    """

    first: Release
    unknown: int
    why: str = "configuration, rules and dashboards were tried with none before it"
    tried: Release | None = None
    ahead: int = 8

    @property
    def last(self) -> Release:
        """The newest one that may be meant."""
        major, minor, _ = self.tried or self.first
        return major, minor + self.ahead, MOST_PATCHES


def is_older(tag: object, other: object) -> bool:
    """Whether a version comes before another; False where one of them can't be ordered."""
    first, last = release(tag), release(other)
    return first is not None and last is not None and first < last


def largest_step(was: Release, now: Release) -> tuple[str, int]:
    """The part of a version that changes first, and by how much.

    Returns:
        `major`, `minor` or `patch`, and the difference; negative for a step back, (`patch`, 0) for none.
    """
    parts = zip(("major", "minor", "patch"), was, now, strict=True)
    return next(((part, new - old) for part, old, new in parts if old != new), ("patch", 0))
