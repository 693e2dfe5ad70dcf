"""The observability stack's own health: does it see everything, keep everything, and reach people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.composition.rooms import offered
from components.signals.dashboard import Dashboard
from components.signals.offer import Board
from components.signals.panels import Row

if TYPE_CHECKING:
    from components.settings.stack import StackSettings


def stack_health(stack: StackSettings) -> Dashboard:
    """Return the dashboard of the observability stack itself."""
    programs = [one for one in offered(stack) if one.board is Board.STACK_HEALTH]
    return Dashboard(
        uid=Board.STACK_HEALTH.value,
        title="Observability stack health",
        description="Does the stack see everything, keep everything, and reach people. While Prometheus is away this "
        "dashboard is empty: the dead man's switch outside is what tells then.",
        folder="Observability",
        rows=[
            Row("At a glance", [panel for one in programs for panel in one.figures]),
            *(row for one in programs for row in one.shown),
        ],
    )
