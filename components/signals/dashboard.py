"""A dashboard, and how it becomes the file that Grafana reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from grafana_foundation_sdk.builders import common as common_builder
from grafana_foundation_sdk.builders import dashboard as dashboard_builder
from grafana_foundation_sdk.builders import prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common, dashboard

from components.signals.panels import Panel, StatPanel, TimeSeriesPanel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from components.signals.panels import Level, Row

PROMETHEUS = "prometheus"
"""Uid of the data source that every panel asks."""

SOURCE = common.DataSourceRef(type_val="prometheus", uid=PROMETHEUS)
WIDTH = 24
STAT_HEIGHT, STATS_IN_A_LINE = 4, 6
SERIES_HEIGHT, SERIES_IN_A_LINE = 8, 3

_Builder = TypeVar("_Builder", stat.Panel, timeseries.Panel)


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    """A dashboard.

    Attributes:
        uid: at most 40 characters; links name it.
        title: what people see.
        description: for whom it is.
        folder: where it lies, and the folder's title.
        rows: its panels.
    """

    uid: str
    title: str
    description: str
    folder: str
    rows: Sequence[Row]

    def json(self) -> str:
        """Return the dashboard as Grafana reads it from a file."""
        built = (
            dashboard_builder.Dashboard(self.title)
            .uid(self.uid)
            .description(self.description)
            .tags(["ballast"])
            .readonly()
            .timezone("browser")
            .time("now-6h", "now")
            .refresh("1m")
            .tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
        )
        number = 0
        for row in self.rows:
            number += 1
            built = built.with_row(dashboard_builder.Row(row.title).id(number))
            for panel, width in zip(row.panels, _widths(row), strict=True):
                number += 1
                built = built.with_panel(_built(panel).span(width).id(number))
        return json.dumps(built.build(), cls=JSONEncoder, indent=1, sort_keys=True)


def _widths(row: Row) -> Iterator[int]:
    """Share the width among the panels of as few lines as hold them."""
    count = len(row.panels)
    lines = -(-count // (STATS_IN_A_LINE if isinstance(row.panels[0], StatPanel) else SERIES_IN_A_LINE))
    for line in range(lines):
        together = count // lines + (line < count % lines)
        yield from (WIDTH // together + (place < WIDTH % together) for place in range(together))


def _built(panel: StatPanel | TimeSeriesPanel) -> stat.Panel | timeseries.Panel:
    return _stat(panel) if isinstance(panel, StatPanel) else _time_series(panel)


def _stat(panel: StatPanel) -> stat.Panel:
    built = (
        _common(stat.Panel(), panel)
        .height(STAT_HEIGHT)
        .color_mode(common.BigValueColorMode.BACKGROUND)
        .graph_mode(common.BigValueGraphMode.NONE)
        .reduce_options(common_builder.ReduceDataOptions().calcs(["lastNotNull"]))
        # No answer is never zero: it means that nobody tells.
        .no_value("unknown")
        .with_target(prometheus.Dataquery().expr(panel.query).instant().ref_id("A").datasource(SOURCE))
    )
    if panel.words:
        words = {value: dashboard.ValueMappingResult(text=text) for value, text in panel.words.items()}
        built = built.mappings([dashboard.ValueMap(options=words)])
    return built


def _time_series(panel: TimeSeriesPanel) -> timeseries.Panel:
    built = (
        _common(timeseries.Panel(), panel)
        .height(SERIES_HEIGHT)
        .min(0)
        .fill_opacity(10)
        .show_points(common.VisibilityMode.NEVER)
    )
    if panel.levels:
        style = common_builder.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.LINE)
        built = built.thresholds_style(style)
    for letter, query in zip("ABCDEFGHIJKLMNOP", panel.queries, strict=False):
        target = prometheus.Dataquery().expr(query.expression).range().ref_id(letter).datasource(SOURCE)
        built = built.with_target(target.legend_format(query.legend or "__auto"))
    return built


def _common(builder: _Builder, panel: Panel) -> _Builder:
    return (
        builder.title(panel.title)
        .description(panel.description)
        .datasource(SOURCE)
        .unit(panel.unit)
        .thresholds(_levels(panel.levels))
    )


def _levels(levels: Sequence[Level]) -> dashboard_builder.ThresholdsConfig:
    steps = [dashboard.Threshold(value=None, color="green")]
    steps += [dashboard.Threshold(value=value, color=color) for value, color in levels]
    return dashboard_builder.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(steps)
