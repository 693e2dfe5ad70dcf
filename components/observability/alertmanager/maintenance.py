"""Maintenance windows: times of the week in which some alerts are not sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from components.observability.alertmanager.settings import AlertmanagerSettings, Severity


def time_intervals(settings: AlertmanagerSettings) -> list[dict[str, Any]]:
    """Return the windows as Alertmanager knows them, by the names that they have in the stack file."""
    return [
        {
            "name": name,
            "time_intervals": [
                {
                    "weekdays": [day.value for day in window.weekdays],
                    "times": [{"start_time": window.begin, "end_time": window.end}],
                    "location": window.time_zone,
                }
            ],
        }
        for name, window in settings.maintenance.items()
    ]


def windows(settings: AlertmanagerSettings, severity: Severity, team: str | None) -> list[str]:
    """Return the names of the windows in which alerts of a severity are held back.

    Args:
        settings: of Alertmanager.
        severity: of the alerts.
        team: theirs; None for those of no team that the stack file knows, which only windows for all teams hold back.
    """
    return [
        name
        for name, window in settings.maintenance.items()
        if severity in window.severities and (not window.teams or team in window.teams)
    ]
