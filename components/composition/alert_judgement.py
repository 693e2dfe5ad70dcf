"""What is wrong with alerts as a set, though each by itself is right."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from components.observability.alertmanager.settings import Severity
from components.observability.alertmanager.signals import INFO_INHIBITOR, WATCHDOG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from components.signals.alerts import Alert
    from components.signals.offer import Signals

_COMPARED = re.compile(r"(?P<what>.+) (?P<sign>[<>]) (?P<number>\d+(\.\d+)?)", re.DOTALL)
_URGENCY = (Severity.INFO, Severity.WARNING, Severity.CRITICAL)


def refusals(offered: Sequence[Signals]) -> Iterator[str]:
    """Return a sentence for each contradiction."""
    alerts = [alert for signals in offered for alert in signals.told()]
    told = Counter((alert.name, alert.severity, *sorted(alert.labels.items())) for alert in alerts)
    # Those that labels or severities tell apart are one alert of several things.
    for (name, *_), count in told.items():
        if count > 1:
            yield f"{count} alerts are called {name}, and a silence or a runbook would mean them all; rename one."
    for alert in alerts:
        if alert.severity is None and alert.name not in {WATCHDOG, INFO_INHIBITOR}:
            yield f"The alert {alert.name} has no severity, so nobody is told of it; give it one or remove it."
    for milder in alerts:
        for worse in alerts:
            if _more_urgent(worse, milder) and _fires_first(worse, milder):
                yield (
                    f"The alert {worse.name} ({worse.severity}) fires before {milder.name} ({milder.severity}), which "
                    "is to warn of it; exchange their thresholds."
                )


def _more_urgent(one: Alert, other: Alert) -> bool:
    if one.severity is None or other.severity is None:
        return False
    return _URGENCY.index(one.severity) > _URGENCY.index(other.severity)


def _fires_first(one: Alert, other: Alert) -> bool:
    """Whether two alerts compare the same figure, and the first one's threshold is reached before."""
    ours, theirs = (_COMPARED.fullmatch(alert.expression) for alert in (one, other))
    if ours is None or theirs is None or (ours["what"], ours["sign"]) != (theirs["what"], theirs["sign"]):
        return False
    above = float(ours["number"]) - float(theirs["number"])
    return above < 0 if ours["sign"] == ">" else above > 0
