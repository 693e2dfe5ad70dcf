"""What a store or a program offers to dashboards and to Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.signals.alerts import Alert
    from components.signals.panels import Row, StatPanel


class Board(Enum):
    """The dashboards that several rooms stand on, by their uids."""

    OVERVIEW = "ballast-overview"
    CLUSTER = "ballast-cluster"
    STACK_HEALTH = "ballast-stack-health"


@dataclass(frozen=True, kw_only=True)
class Signals:
    """The signals of one room.

    Attributes:
        name: of the group of rules, of the object that holds it, and of the page among docs/runbooks.
        board: the dashboard on which its panels stand.
        stats: what is seen at a glance.
        rows: the rest.
        alerts: what people are told.
        team: who owns the alerts; their label `team`.
        place: where it stands among the others on its board; lower is earlier, and those of one place stand by name.
    """

    name: str
    board: Board
    stats: Sequence[StatPanel] = ()
    rows: Sequence[Row] = ()
    alerts: Sequence[Alert] = ()
    team: str = "platform"
    place: int = 0

    @property
    def runbook(self) -> str:
        """The page that says what to do, from the top of the repository."""
        return f"docs/runbooks/{self.name}.md"

    def groups(self, grafana: str) -> list[dict[str, Any]]:
        """Return its rule groups, in Prometheus' own words; with links to its dashboard in a Grafana."""
        links = {"runbook": self.runbook, "dashboard_url": f"{grafana}/d/{self.board.value}"}
        rules = [alert.rule({"team": self.team}, links) for alert in self.alerts]
        return [{"name": self.name, "rules": rules}] if rules else []
