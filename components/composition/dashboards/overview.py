"""The platform at a glance: is every store well, are its snapshots young enough, and is there room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.composition.rooms import offered
from components.signals.dashboard import Dashboard
from components.signals.offer import Board
from components.signals.panels import Row

if TYPE_CHECKING:
    from components.settings.stack import StackSettings


def overview(stack: StackSettings) -> Dashboard:
    """Return the dashboard of the whole platform."""
    stores, snapshots = offered(stack, "stores"), offered(stack, "storage")
    cluster = [one for one in offered(stack, "observability") if one.board is Board.CLUSTER]
    return Dashboard(
        uid=Board.OVERVIEW.value,
        title="Platform overview",
        description="Is every store well, are its snapshots as young as its recovery point asks, and is there room.",
        folder="Platform",
        rows=[
            Row("At a glance", [panel for one in (*stores, *snapshots, *cluster) for panel in one.figures]),
            *(row for one in snapshots for row in one.shown),
        ],
    )
