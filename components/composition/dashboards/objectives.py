"""What was promised, and how much of what may fail is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.composition.rooms import offered
from components.signals.dashboard import Dashboard
from components.signals.objectives import FAST, SLOW
from components.signals.offer import Board
from components.signals.panels import Query, Row, StatPanel, TimeSeriesPanel

if TYPE_CHECKING:
    from components.settings.stack import StackSettings
    from components.signals.objectives import Slo


def objectives(stack: StackSettings) -> Dashboard | None:
    """Return the dashboard of all objectives, where there are any."""
    slos = [(slo, one.runbook) for one in offered(stack) for slo in one.slos]
    if not slos:
        return None
    return Dashboard(
        uid=Board.OBJECTIVES.value,
        title="Objectives",
        description="What is promised, how much of the error budget of the window is spent, and how fast it burns.",
        folder="Platform",
        rows=[
            Row("Budget spent", [_spent(*slo) for slo in slos]),
            Row("How fast it burns", [_burns(*slo) for slo in slos]),
        ],
    )


def _spent(slo: Slo, runbook: str) -> StatPanel:
    return StatPanel(
        title=slo.name,
        description=f"{slo.promise} in {slo.objective} of {slo.window.text}. Share of what may fail that has; at "
        "100 % the promise is broken.",
        unit="percentunit",
        query=f"max({slo.burning(slo.window.text)})",
        levels=((0.75, "orange"), (1, "red")),
        runbook=runbook,
    )


def _burns(slo: Slo, runbook: str) -> TimeSeriesPanel:
    return TimeSeriesPanel(
        title=f"{slo.name}, times as fast as it may",
        description="At 1 the budget lasts exactly to the end. Lines are where alerts begin, each for its window.",
        unit="short",
        queries=[Query(f"max({slo.burning(burn.long)})", burn.long) for burn in (*FAST, *SLOW)],
        levels=[(burn.factor, "red" if burn in FAST else "orange") for burn in reversed((*FAST, *SLOW))],
        runbook=runbook,
    )
