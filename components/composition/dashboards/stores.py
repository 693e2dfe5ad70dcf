"""A dashboard for each store, for those who own what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.composition.rooms import offered
from components.signals.dashboard import Dashboard
from components.signals.panels import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.settings.stack import StackSettings


def stores(stack: StackSettings) -> Iterator[Dashboard]:
    """Return the dashboards of the stores that a stack has."""
    for room in offered(stack, "stores"):
        yield Dashboard(
            uid=f"ballast-{room.name}",
            title=room.title or room.name.capitalize(),
            description="Is this store well, what has it to do, and is there room for what it holds.",
            folder="Stores",
            rows=[*([Row("At a glance", room.figures)] if room.figures else []), *room.shown],
        )
