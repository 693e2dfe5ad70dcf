"""Snapshot policies derived from the recovery objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.settings.quantities import Duration
from components.settings.recovery import DAY, HOUR, cron, snapshot_interval

if TYPE_CHECKING:
    from components.stores.opensearch.settings import RecoverySettings

RECENT = Duration(2 * DAY)
"""How long the frequent snapshots are kept: past two days the daily ones serve."""

INDEXES = "*,-.opendistro_security*"
"""All but the security index, which can't be restored without the admin certificate; the configure job remakes it."""


def snapshot_policies(recovery: RecoverySettings, repository: str) -> dict[str, dict[str, Any]]:
    """Return snapshot management policies by name: a frequent one for the recovery point, a daily one to keep."""
    interval = snapshot_interval(recovery)
    recent = Duration(min(RECENT, recovery.retention))
    return {
        "recent": _policy(
            f"Every {interval.text}, kept {recent.text}: no more than the allowed "
            f"{recovery.recovery_point.text} can be lost.",
            repository,
            cron(interval),
            interval,
            recent,
        ),
        # Off the hour, so that it doesn't start together with the frequent one.
        "daily": _policy(
            f"Every day, kept {recovery.retention.text}.",
            repository,
            "7 1 * * *",
            Duration(DAY),
            recovery.retention,
        ),
    }


def _policy(description: str, repository: str, schedule: str, interval: Duration, max_age: Duration) -> dict[str, Any]:
    # A run longer than its period makes the next one be skipped; a limit makes it fail visibly instead.
    limit = Duration(min(interval, 4 * HOUR)).text
    return {
        "description": description,
        "enabled": True,
        "creation": {"schedule": {"cron": {"expression": schedule, "timezone": "UTC"}}, "time_limit": limit},
        "deletion": {
            "schedule": {"cron": {"expression": "37 2 * * *", "timezone": "UTC"}},
            # One is always left, however old: an outage longer than the retention must not end with nothing.
            "condition": {"max_age": max_age.text, "min_count": 1},
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


def snapshot_check(recovery: RecoverySettings) -> str:
    """Return when snapshots are looked at: as often as they are taken, four minutes later."""
    return cron(snapshot_interval(recovery), offset=4)
