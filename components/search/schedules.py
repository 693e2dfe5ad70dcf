"""Snapshot policies derived from the promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.settings.quantities import Duration

if TYPE_CHECKING:
    from components.settings.opensearch import PromiseSettings

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

RECENT = Duration(2 * DAY)
"""How long the frequent snapshots are kept: past two days the daily ones serve."""

INDEXES = "*,-.opendistro_security"
"""All but the security index, which can't be restored without the admin certificate; the configure job remakes it."""


def snapshot_interval(promise: PromiseSettings) -> Duration:
    """Return the time between two snapshots: at most half the recovery point, so that one may fail unnoticed.

    Rounded down to a divisor of the hour or the day, because a cron expression can say nothing else evenly.
    """
    half = promise.recovery_point // 2
    if half >= HOUR:
        return Duration(HOUR * max(h for h in (1, 2, 3, 4, 6, 8, 12, 24) if h * HOUR <= half or h == 1))
    return Duration(MINUTE * max(m for m in (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30) if m * MINUTE <= half or m == 1))


def snapshot_policies(promise: PromiseSettings, repository: str) -> dict[str, dict[str, Any]]:
    """Return snapshot management policies by name: a frequent one for the recovery point, a daily one to keep."""
    interval = snapshot_interval(promise)
    cron = f"*/{interval // MINUTE} * * * *" if interval < HOUR else f"0 */{interval // HOUR} * * *"
    recent = Duration(min(RECENT, promise.retention))
    return {
        "recent": _policy(
            f"Every {interval.opensearch}, kept {recent.opensearch}: no more than the promised "
            f"{promise.recovery_point.opensearch} can be lost.",
            repository,
            cron,
            interval,
            recent,
        ),
        # Off the hour, so that it doesn't start together with the frequent one.
        "daily": _policy(
            f"Every day, kept {promise.retention.opensearch}.",
            repository,
            "7 1 * * *",
            Duration(DAY),
            promise.retention,
        ),
    }


def _policy(description: str, repository: str, cron: str, interval: Duration, max_age: Duration) -> dict[str, Any]:
    # A run longer than its period makes the next one be skipped; a limit makes it fail visibly instead.
    limit = Duration(min(interval, 4 * HOUR)).opensearch
    return {
        "description": description,
        "enabled": True,
        "creation": {"schedule": {"cron": {"expression": cron, "timezone": "UTC"}}, "time_limit": limit},
        "deletion": {
            "schedule": {"cron": {"expression": "37 2 * * *", "timezone": "UTC"}},
            # One is always left, however old: an outage longer than the retention must not end with nothing.
            "condition": {"max_age": max_age.opensearch, "min_count": 1},
            "time_limit": "1h",
        },
        "snapshot_config": {
            "repository": repository,
            "indices": INDEXES,
            "date_format": "yyyy-MM-dd-HH-mm",
            "date_format_timezone": "UTC",
            "ignore_unavailable": True,
            "include_global_state": False,
            "partial": False,
        },
    }
