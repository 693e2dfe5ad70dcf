"""Applications: how often they are asked, how often they fail, how long they take, and what waits in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.composition.rooms import offered
from components.signals.dashboard import Dashboard
from components.signals.panels import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.settings.stack import StackSettings

SHOWN = {
    "applications": ("Applications", "Calls, errors, durations, queues, caches, quality and pods of each."),
    "models": ("Language models", "Tokens and what they cost, by application and model."),
}


def applications(stack: StackSettings) -> Iterator[Dashboard]:
    """Return the dashboards of applications, where there is anything to show on them."""
    for room in offered(stack, "applications"):
        title, description = SHOWN[room.name]
        yield Dashboard(
            uid=room.dashboard,
            title=title,
            description=description,
            folder="Applications",
            rows=[Row("At a glance", room.figures), *room.shown],
        )
