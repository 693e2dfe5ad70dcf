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
    STACK_HEALTH = "ballast-stack-health"


@dataclass(frozen=True, kw_only=True)
class Signals:
    """The signals of one room.

    Attributes:
        name: of the group of rules, and of the object that holds it.
        board: the dashboard on which its panels stand.
        stats: what is seen at a glance.
        rows: the rest.
        alerts: what people are told.
        place: where it stands among the others on its board; lower is earlier, and those of one place stand by name.
    """

    name: str
    board: Board
    stats: Sequence[StatPanel] = ()
    rows: Sequence[Row] = ()
    alerts: Sequence[Alert] = ()
    place: int = 0

    def groups(self) -> list[dict[str, Any]]:
        """Return its rule groups, in Prometheus' own words."""
        return [{"name": self.name, "rules": [alert.rule() for alert in self.alerts]}] if self.alerts else []
