"""What a store or a program offers to dashboards and to Prometheus."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.signals.alerts import Alert
    from components.signals.objectives import Slo
    from components.signals.panels import AnyPanel, Row
    from components.signals.recordings import Recording


class Board(Enum):
    """The dashboards that several rooms stand on, by their uids."""

    OVERVIEW = "ballast-overview"
    CLUSTER = "ballast-cluster"
    STACK_HEALTH = "ballast-stack-health"
    OBJECTIVES = "ballast-objectives"


@dataclass(frozen=True, kw_only=True)
class Signals:
    """The signals of one room.

    Attributes:
        name: of the group of rules, of the object that holds it, and of the page among docs/runbooks.
        board: the dashboard on which its panels stand; one of its own when left out.
        stats: what is seen at a glance.
        rows: the rest.
        recordings: what Prometheus computes for panels and alerts.
        alerts: what people are told.
        slos: what is promised of it.
        team: who owns the alerts; their label `team`.
        title: of its own dashboard, where its name is not enough.
        place: where it stands among the others on its board; lower is earlier, and those of one place stand by name.
    """

    name: str
    board: Board | None = None
    stats: Sequence[AnyPanel] = ()
    rows: Sequence[Row] = ()
    recordings: Sequence[Recording] = ()
    alerts: Sequence[Alert] = ()
    slos: Sequence[Slo] = ()
    team: str = "platform"
    title: str = ""
    place: int = 0

    @property
    def runbook(self) -> str:
        """The page that says what to do, from the top of the repository; none without alerts."""
        return f"docs/runbooks/{self.name}.md" if self.told() else ""

    @property
    def dashboard(self) -> str:
        """The uid of the dashboard on which its panels stand."""
        return f"ballast-{self.name}" if self.board is None else self.board.value

    @property
    def figures(self) -> list[AnyPanel]:
        """What is seen at a glance, each panel with the page of the room."""
        return [replace(panel, runbook=self.runbook) for panel in self.stats]

    @property
    def shown(self) -> list[Row]:
        """The rest, in the same way."""
        return [
            replace(row, panels=[replace(panel, runbook=self.runbook) for panel in row.panels]) for row in self.rows
        ]

    def groups(self, grafana: str, repository: str | None = None) -> list[dict[str, Any]]:
        """Return its rule groups, in Prometheus' own words; with links into a Grafana, and to its page."""
        rules = [recording.rule() for recording in self.recordings]
        rules += [self._rule(alert, f"{grafana}/d/{self.dashboard}", repository) for alert in self.alerts]
        promised: list[dict[str, Any]] = []
        for slo in self.slos:
            promised += slo.recordings()
            promised += [
                self._rule(alert, f"{grafana}/d/{Board.OBJECTIVES.value}", repository) for alert in slo.alerts()
            ]
        named = {self.name: rules, f"{self.name}-objectives": promised}
        return [{"name": name, "rules": found} for name, found in named.items() if found]

    def told(self) -> list[Alert]:
        """Return all alerts, those of its objectives last."""
        return [*self.alerts, *(alert for slo in self.slos for alert in slo.alerts())]

    def _rule(self, alert: Alert, dashboard: str, repository: str | None) -> dict[str, Any]:
        page = {} if repository is None else {"runbook_url": f"{repository}/{self.runbook}"}
        return alert.rule({"team": self.team}, {"runbook": self.runbook, **page, "dashboard_url": dashboard})
