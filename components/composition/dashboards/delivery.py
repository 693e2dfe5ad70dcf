"""Delivery: is what was declared last also what runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.composition.rooms import offered
from components.signals.dashboard import Dashboard
from components.signals.panels import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.settings.stack import StackSettings


def delivery(stack: StackSettings) -> Iterator[Dashboard]:
    """Return the dashboard of delivery."""
    for room in offered(stack, "observability"):
        if room.board is None:
            yield Dashboard(
                uid=room.dashboard,
                title=room.title,
                description="Is what was declared last also what runs. Drift and promotions are told by the workflows.",
                folder="Delivery",
                rows=[Row("At a glance", room.figures), *room.shown],
            )
