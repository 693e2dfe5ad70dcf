"""Which dashboards are shown in docs/tour.md, and which of their rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.harness.declare import PROJECT
from tests.harness.seed_panels import shown
from tests.harness.tour.answers import answering
from tests.harness.tour.drawing import drawn

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = PROJECT / "docs" / "tour"
REFRESH = ".venv/bin/python -m tests.harness.tour"
PICTURES = {
    "opensearch": ("ballast-opensearch", ""),
    "application": ("ballast-applications", "knowledge: "),
    "objectives": ("ballast-objectives", ""),
    "models": ("ballast-models", ""),
}
"""Pictures: the dashboard, and with what the titles of the rows begin that are shown."""


def panels(name: str) -> list[dict[str, Any]]:
    """Return the panels of a picture, as Grafana reads them."""
    uid, beginning = PICTURES[name]
    found, is_shown = [], False
    for panel in json.loads(shown()[uid].json())["panels"]:
        is_shown = panel["title"].startswith(beginning) if panel["type"] == "row" else is_shown
        found += [panel] if is_shown else []
    return found


def pictures(scratch: Path) -> dict[str, str]:
    """Draw all of them, by what a Prometheus answers that keeps its data in a scratch folder."""
    with answering(scratch) as prometheus:
        return {name: drawn(panels(name), prometheus.lines) for name in PICTURES}
