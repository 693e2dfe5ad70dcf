"""What a store or a program offers to dashboards and to Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.signals.alerts import Alert
    from components.signals.objectives import Slo
    from components.signals.panels import Row, StatPanel
    from components.signals.recordings import Recording


class Board(Enum):
    """The dashboards that several rooms stand on, by their uids."""

    OVERVIEW = "ballast-overview"
    CLUSTER = "ballast-cluster"
    STACK_HEALTH = "ballast-stack-health"
    OBJECTIVES = "ballast-objectives"
    APPLICATIONS = "ballast-applications"
    MODELS = "ballast-models"


@dataclass(frozen=True, kw_only=True)
class Signals:
    """The signals of one room.

    Attributes:
        name: of the group of rules, of the object that holds it, and of the page among docs/runbooks.
        board: the dashboard on which its panels stand.
        stats: what is seen at a glance.
        rows: the rest.
        recordings: what Prometheus computes for panels and alerts.
        alerts: what people are told.
        slos: what is promised of it.
        team: who owns the alerts; their label `team`.
        place: where it stands among the others on its board; lower is earlier, and those of one place stand by name.
    """

    name: str
    board: Board
    stats: Sequence[StatPanel] = ()
    rows: Sequence[Row] = ()
    recordings: Sequence[Recording] = ()
    alerts: Sequence[Alert] = ()
    slos: Sequence[Slo] = ()
    team: str = "platform"
    place: int = 0

    @property
    def runbook(self) -> str:
        """The page that says what to do, from the top of the repository."""
        return f"docs/runbooks/{self.name}.md"

    def groups(self, grafana: str) -> list[dict[str, Any]]:
        """Return its rule groups, in Prometheus' own words; with links to its dashboard in a Grafana."""
        rules = [recording.rule() for recording in self.recordings]
        rules += [self._rule(alert, grafana, self.board) for alert in self.alerts]
        promised: list[dict[str, Any]] = []
        for slo in self.slos:
            promised += slo.recordings()
            promised += [self._rule(alert, grafana, Board.OBJECTIVES) for alert in slo.alerts()]
        named = {self.name: rules, f"{self.name}-objectives": promised}
        return [{"name": name, "rules": found} for name, found in named.items() if found]

    def told(self) -> list[Alert]:
        """Return all alerts, those of its objectives last."""
        return [*self.alerts, *(alert for slo in self.slos for alert in slo.alerts())]

    def _rule(self, alert: Alert, grafana: str, board: Board) -> dict[str, Any]:
        links = {"runbook": self.runbook, "dashboard_url": f"{grafana}/d/{board.value}"}
        return alert.rule({"team": self.team}, links)
