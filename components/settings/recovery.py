"""Schedules derived from recovery objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.settings.quantities import Duration

if TYPE_CHECKING:
    from components.settings.snapshots import RecoverySettings

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def snapshot_interval(recovery: RecoverySettings) -> Duration:
    """Return the time between two snapshots: at most half the recovery point, so that one may fail unnoticed.

    Rounded down to a divisor of the hour or the day, because a cron expression can say nothing else evenly.
    """
    half = recovery.recovery_point // 2
    if half >= HOUR:
        return Duration(HOUR * max(h for h in (1, 2, 3, 4, 6, 8, 12, 24) if h * HOUR <= half or h == 1))
    return Duration(MINUTE * max(m for m in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30) if m * MINUTE <= half or m == 1))


def cron(interval: Duration, *, offset: int = 0) -> str:
    """Return the cron expression that repeats every interval, `offset` minutes after it begins.

    Args:
        interval: a result of `snapshot_interval`.
        offset: in minutes, shorter than the interval; keeps what looks at snapshots apart from what takes them.
    """
    if interval < HOUR:
        step = interval // MINUTE
        return f"{offset % step}-59/{step} * * * *" if offset % step else f"*/{step} * * * *"
    hours = interval // HOUR
    return f"{offset} {'0' if hours == DAY // HOUR else f'*/{hours}'} * * *"


def kept_sets(recovery: RecoverySettings) -> int:
    """Return how many snapshots may be kept: everything of two days, then one for each further day of the retention."""
    recent = min(2 * DAY, recovery.retention) // snapshot_interval(recovery)
    return max(2, recent + recovery.retention // DAY)
