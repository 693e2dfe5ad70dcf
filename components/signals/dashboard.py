"""A dashboard, and how it becomes the file that Grafana reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grafana_foundation_sdk.builders import dashboard as dashboard_builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard

from components.signals.panels import NOW
from components.signals.visualizations import built

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from components.signals.panels import Row

WIDTH = 24
NOW_HEIGHT, NOW_IN_A_LINE = 4, 6
HEIGHT, IN_A_LINE = 8, 3


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """A dashboard.

    Attributes:
        uid: at most 40 characters; links name it.
        title: what people see.
        description: for whom it is.
        folder: where it lies, and the folder's title.
        rows: its panels.
        span: what is shown at first, from when to when.
    """

    uid: str
    title: str
    description: str
    folder: str
    rows: Sequence[Row]
    span: tuple[str, str] = ("now-6h", "now")

    def json(self, repository: str | None = None) -> str:
        """Return the dashboard as Grafana reads it from a file; with links to pages of a repository, if it is known."""
        made = (
            dashboard_builder.Dashboard(self.title)
            .uid(self.uid)
            .description(self.description)
            .tags(["ballast"])
            .readonly()
            .timezone("browser")
            .time(*self.span)
            .refresh("30s")
            .tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
        )
        number = 0
        for row in self.rows:
            number += 1
            made = made.with_row(dashboard_builder.Row(row.title).id(number))
            height = NOW_HEIGHT if _is_small(row) else HEIGHT
            for panel, width in zip(row.panels, _widths(row), strict=True):
                number += 1
                made = made.with_panel(built(panel, repository).height(height).span(width).id(number))
        return json.dumps(made.build(), cls=JSONEncoder, indent=1, sort_keys=True)


def _is_small(row: Row) -> bool:
    return all(isinstance(panel, NOW) for panel in row.panels)


def _widths(row: Row) -> Iterator[int]:
    """Share the width among the panels of as few lines as hold them."""
    count = len(row.panels)
    lines = -(-count // (NOW_IN_A_LINE if _is_small(row) else IN_A_LINE))
    for line in range(lines):
        together = count // lines + (line < count % lines)
        yield from (WIDTH // together + (place < WIDTH % together) for place in range(together))
