"""All dashboards of a stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.grafana.dashboards.overview import overview
from components.observability.grafana.dashboards.stack_health import stack_health

if TYPE_CHECKING:
    from components.observability.grafana.dashboards.facts import Facts
    from components.observability.grafana.dashboards.panels import Dashboard


def boards(facts: Facts) -> list[Dashboard]:
    """Return the dashboards that Grafana shows."""
    return [overview(facts), stack_health(facts)]
