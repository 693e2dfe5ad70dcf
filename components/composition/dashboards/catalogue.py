"""All dashboards of a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.composition.dashboards.applications import applications
from components.composition.dashboards.cluster import cluster
from components.composition.dashboards.delivery import delivery
from components.composition.dashboards.month import month
from components.composition.dashboards.objectives import objectives
from components.composition.dashboards.overview import overview
from components.composition.dashboards.stack_health import stack_health
from components.composition.dashboards.stores import stores

if TYPE_CHECKING:
    from components.settings.stack import StackSettings
    from components.signals.dashboard import Dashboard


def boards(stack: StackSettings) -> list[Dashboard]:
    """Return the dashboards that Grafana shows."""
    promised = objectives(stack)
    return [
        overview(stack),
        *([promised] if promised else []),
        *month(stack),
        *stores(stack),
        cluster(stack),
        stack_health(stack),
        *delivery(stack),
        *applications(stack),
    ]
