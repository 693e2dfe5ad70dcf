"""What a disk must hold of what is kept for a time."""

from collections.abc import Iterator

from components.settings.quantities import Bytes, Duration
from components.settings.report import Mistake

#: A disk is planned to be no fuller; the rest is room for compaction and for the night (observability, 2.5).
USABLE = 0.8
DAY = Duration(86400)


def disk_for(size: float) -> Bytes:
    """The smallest disk that holds so many bytes, in whole gibibytes, so that a remedy can be copied into the file."""
    return Bytes((int(size / USABLE) // 2**30 + 1) * 2**30)


def passes_its_disk(name: str, daily: Bytes, disk: Bytes) -> Iterator[Mistake]:
    """A mistake where a disk can't hold what waits on it for a bucket that takes nothing for a day.

    Args:
        name: Section of the program.
        daily: What a day takes.
        disk: What it has.
    """
    needed = disk_for(daily)
    if disk < needed:
        problem = f"is {disk}, but {daily} a day wait there for the bucket, which may be away for one: {needed}"
        yield Mistake((name, "disk"), problem, f"write {needed} or more")


def fits_its_disk(name: str, retention: Duration, daily: Bytes, disk: Bytes) -> Iterator[Mistake]:
    """A mistake where a disk is too small.

    Args:
        name: Section of the program, whose retention is to blame.
        retention: How long it keeps what it gets.
        daily: What a day takes.
        disk: What it has.
    """
    needed = disk_for(daily * retention / DAY)
    if disk < needed:
        yield Mistake(
            (name, "retention"),
            f"is {retention} at {daily} a day, which takes a disk of {needed}, and it has {disk}",
            f"write a shorter one, a disk of {needed}, or s3: {{...}}",
        )
