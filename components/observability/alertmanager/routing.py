"""Routing: which alert reaches whom, how soon, and how often again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.observability.alertmanager.maintenance import time_intervals, windows
from components.observability.alertmanager.receivers import (
    NOBODY,
    chat,
    global_settings,
    mail,
    pager,
    receiver_of,
    receivers,
)
from components.observability.alertmanager.settings import Severity
from components.observability.alertmanager.signals import COMPANION, INFO_INHIBITOR, WATCHDOG
from components.settings.quantities import Duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.observability.alertmanager.settings import AlertmanagerSettings

PLACE = ["environment", "cluster", "namespace"]
"""Labels that say where an alert is at home."""

EXPLAINS = "explains"
"""Label of an alert whose cause is the cause of others: `node`, `namespace` or `cluster` says of which."""

REPEATS = {Severity.CRITICAL: "4h", Severity.WARNING: "12h", Severity.INFO: "24h"}
"""How often an alert that stays is told again (observability, 5.8)."""

WAITS = {Severity.CRITICAL: "10s", Severity.WARNING: "30s", Severity.INFO: "2m"}
"""How long the first alert of a group waits for others. What is info waits until the inhibitor of its companions has
come, which is an evaluation of rules later."""

CALLS = 3
"""Calls of the dead man's switch within its patience (observability, 2.6)."""


def alertmanager_configuration(settings: AlertmanagerSettings, environment: str) -> dict[str, Any]:
    """Return Alertmanager's whole configuration; secrets are files, none is in it.

    Args:
        settings: receivers, teams, windows.
        environment: the one whose alerts may wake somebody.
    """
    routes = [
        _watchdog(settings, environment),
        {"matchers": [f'alertname="{INFO_INHIBITOR}"'], "receiver": NOBODY},
        # Somebody's Prometheus sends here by mistake: that is worth a line in the chat and nobody's sleep.
        {"matchers": [f'environment!~"{_own(environment)}"'], "receiver": chat(settings)},
        *_critical(settings),
        _severity(settings, Severity.WARNING, chat),
        _severity(settings, Severity.INFO, mail),
        # No severity, or one that nobody knows: it may matter, so no window holds it back.
        {"receiver": chat(settings), "routes": _teams(settings, chat(settings))},
    ]
    return {
        "global": global_settings(settings),
        "route": {
            "receiver": chat(settings),
            "group_by": [*PLACE, "alertname"],
            "group_wait": WAITS[Severity.WARNING],
            "group_interval": "5m",
            "repeat_interval": REPEATS[Severity.WARNING],
            "routes": [{key: value for key, value in route.items() if value != []} for route in routes],
        },
        "inhibit_rules": _inhibitions(),
        "receivers": receivers(settings),
        "time_intervals": time_intervals(settings),
    }


def _own(environment: str) -> str:
    # What has no environment comes from nowhere else: better told once too often than kept quiet.
    return f"({environment})?"


def _watchdog(settings: AlertmanagerSettings, environment: str) -> dict[str, Any]:
    # Another environment's watchdog must not keep this one's dead man's switch quiet.
    matchers = [f'alertname="{WATCHDOG}"', f'environment=~"{_own(environment)}"']
    if settings.heartbeat is None:
        return {"matchers": matchers, "receiver": NOBODY}
    return {
        "matchers": matchers,
        "receiver": "heartbeat",
        "group_wait": "0s",
        "group_interval": "1m",
        "repeat_interval": Duration(settings.heartbeat.patience // CALLS).text,
    }


def _critical(settings: AlertmanagerSettings) -> list[dict[str, Any]]:
    told = _severity(settings, Severity.CRITICAL, chat)
    waker = pager(settings)
    # A webhook that is the chat too is told once.
    if waker in (NOBODY, told["receiver"]):
        return [told]
    paged = {key: told[key] for key in ("matchers", "group_wait", "repeat_interval")}
    return [{**paged, "receiver": waker, "continue": True}, told]


def _severity(
    settings: AlertmanagerSettings, severity: Severity, where: Callable[[AlertmanagerSettings], str]
) -> dict[str, Any]:
    section = where(settings)
    return {
        "matchers": [f'severity="{severity.value}"'],
        "receiver": section,
        "group_wait": WAITS[severity],
        "repeat_interval": REPEATS[severity],
        "mute_time_intervals": windows(settings, severity, None),
        "routes": _teams(settings, section, severity),
    }


def _teams(settings: AlertmanagerSettings, section: str, severity: Severity | None = None) -> list[dict[str, Any]]:
    routes = []
    for name, team in settings.teams.items():
        route: dict[str, Any] = {"matchers": [f'team="{name}"'], "receiver": receiver_of(section, name, team)}
        # A route doesn't inherit its parent's windows.
        held = windows(settings, severity, name) if severity is not None else []
        routes.append(route | ({"mute_time_intervals": held} if held else {}))
    return routes


def _inhibitions() -> list[dict[str, Any]]:
    lesser = f'severity=~"{Severity.WARNING.value}|{Severity.INFO.value}"'
    explained = [
        {
            "source_matchers": [f'{EXPLAINS}="{label}"'],
            # What is critical is told whatever explains it, and one explanation never hides another.
            "target_matchers": [lesser, f'{label}!=""', f'{EXPLAINS}=""'],
            "equal": equal,
        }
        for label, equal in (
            ("node", ["environment", "cluster", "node"]),
            ("namespace", PLACE),
            ("cluster", ["environment", "cluster"]),
        )
    ]
    return [
        {
            "source_matchers": [f'severity="{Severity.CRITICAL.value}"'],
            "target_matchers": [lesser],
            "equal": [*PLACE, "alertname"],
        },
        *explained,
        {
            "source_matchers": [f'alertname="{INFO_INHIBITOR}"'],
            "target_matchers": [f'severity="{Severity.INFO.value}"', f'{COMPANION}="true"'],
            "equal": PLACE,
        },
    ]
