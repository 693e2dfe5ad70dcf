"""The generated parts of docs/runbooks: the head of each page with its alerts, and the index of all alerts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from components.composition.rooms import offered
from components.observability.alertmanager.routing import REPEATS, WAITS
from components.observability.alertmanager.settings import Severity
from tests.harness.applied import applied
from tests.harness.declare import PROJECT
from tests.harness.marked import END, exchanged, marked, table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from components.signals.alerts import Alert
    from components.signals.offer import Signals

FOLDER = PROJECT / "docs" / "runbooks"
INCIDENTS = FOLDER / "incidents"
"""Pages that begin with what people see or fear, and not with one alert."""

TEMPLATE = INCIDENTS / "template.md"
REFRESH = ".venv/bin/python -m tests.harness.runbooks"
ON_CALL = PROJECT / "docs" / "on-call.md"
HEADS = ["alert", "severity", "after"]
INDEX = """# Runbooks

What to do when an alert fires. Each page has the same parts: symptom, impact, is it real, diagnosis, remedy,
escalation, prevention. Commands name the stack `prod`; they are the same for the others. Numbers are those of
production, computed from its stack file, and of the [example](../applications.md) of applications.

Incidents, by what is seen: {incidents}. Another one is written from the [template](incidents/template.md).

Alerts by name:
"""


def written() -> dict[Path, str]:
    """Return every page as it must be: what people wrote, below a head that says which alerts lead there."""
    told = [signals for signals in offered(applied()) if _people(signals)]
    rows = [
        _row(alert.name, alert, f"[{signals.name}]({signals.name}.md)")
        for signals in told
        for alert in _people(signals)
    ]
    incidents = sorted(INCIDENTS.glob("*.md"))
    listed = ", ".join(f"[{_title(page)}](incidents/{page.name})" for page in incidents if page != TEMPLATE)
    pages = {FOLDER / "README.md": f"{INDEX.format(incidents=listed)}\n{table([*HEADS, 'page'], _unique(rows))}\n"}
    pages[ON_CALL] = exchanged(ON_CALL.read_text(encoding="utf-8"), REFRESH, _matrix(told))
    for signals in told:
        page = PROJECT / signals.runbook
        pages[page] = _headed(page, _head(signals))
    for page in incidents:
        pages[page] = _headed(page, _leading(told, _body(page)))
    return pages


def _title(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def _body(page: Path) -> str:
    """Return what people wrote, without the title and the generated head."""
    rest = page.read_text(encoding="utf-8").partition("\n")[2]
    return (rest.partition(END)[2] if END in rest else rest).lstrip()


def _headed(page: Path, head: str) -> str:
    return f"# {_title(page)}\n\n{marked(REFRESH, head)}\n\n{_body(page)}"


def _leading(told: list[Signals], body: str) -> str:
    """Return which alerts a page names: they lead to it, and have pages of their own."""
    named = set(re.findall(r"\w+", body))
    rows = [
        _row(alert.name, alert, f"[{signals.name}](../{signals.name}.md)", f"`{signals.dashboard}`")
        for signals in told
        for alert in _people(signals)
        if alert.name in named
    ]
    if not rows:
        return "No alert leads here: somebody sees it, or is told by others."
    return table([*HEADS, "page", "dashboard"], _unique(rows))


def _matrix(told: list[Signals]) -> str:
    """Return how soon each severity is told, and which page has how many alerts of it."""
    waits = [
        [severity, WAITS[severity], REPEATS[severity], str(sum(_count(one, severity) for one in told))]
        for severity in Severity
    ]
    rows = [
        [
            f"[{one.name}](runbooks/{one.name}.md)",
            one.team,
            *(str(_count(one, severity) or "") for severity in Severity),
            f"`{one.dashboard}`",
        ]
        for one in sorted(told, key=lambda one: one.name)
    ]
    asked = table(["severity", "told after", "again every", "alerts"], waits)
    return f"{asked}\n\n{table(['page', 'owner', *Severity, 'dashboard'], rows)}"


def _count(signals: Signals, severity: Severity) -> int:
    return len({alert.name for alert in _people(signals) if alert.severity is severity})


def _head(signals: Signals) -> str:
    alerts = [_row(_of(alert), alert, f"`{alert.expression}`") for alert in _people(signals)]
    return (
        f"Owner: team `{signals.team}`. Dashboard: `{signals.dashboard}`.\n\n{table([*HEADS, 'fires while'], alerts)}"
    )


def _people(signals: Signals) -> list[Alert]:
    return [alert for alert in signals.told() if alert.severity is not None]


def _of(alert: Alert) -> str:
    """Return its name, and of what it is one of several."""
    what = [alert.labels[label] for label in ("application", "signal") if label in alert.labels]
    return " ".join([alert.name, *([f"({', '.join(what)})"] if what else [])])


def _row(name: str, alert: Alert, *last: str) -> list[str]:
    return [name, str(alert.severity), "at once" if alert.after is None else alert.after.text, *last]


def _unique(rows: Iterable[list[str]]) -> list[list[str]]:
    return [list(row) for row in sorted(set(map(tuple, rows)))]


if __name__ == "__main__":
    for path, content in written().items():
        path.write_text(content, encoding="utf-8")
