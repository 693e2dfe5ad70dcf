"""The kinds of panel that dashboards are made of, and how they become a dashboard."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grafana_foundation_sdk.builders import common as common_builder
from grafana_foundation_sdk.builders import dashboard as dashboard_builder
from grafana_foundation_sdk.builders import prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common, dashboard

from components.observability.grafana.datasources import PROMETHEUS

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCE = common.DataSourceRef(type_val="prometheus", uid=PROMETHEUS)
WIDTH = 24
FIGURE_HEIGHT = 4
LINES_HEIGHT = 8

RATE = "[$__rate_interval]"
"""Grafana's word for a range that holds at least four scrapes, whatever the zoom."""

Level = tuple[float, str]
"""From which value on a figure has which colour."""

ANY: tuple[Level, ...] = ((0.001, "red"),)
"""Where any at all is too many."""


@dataclass(frozen=True)
class Query:
    """A PromQL query and what its series are called."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, kw_only=True)
class StatPanel:
    """One number, as it is now.

    Attributes:
        title: what it is.
        description: how to read it, and what a bad value means.
        unit: Grafana's id of the unit.
        query: gives one series.
        levels: colours above the base, ascending; green below.
        words: texts in place of values.
        span: width of 24.
    """

    title: str
    description: str
    unit: str
    query: str
    levels: Sequence[Level] = ()
    words: dict[str, str] = field(default_factory=dict)
    span: int = 4


@dataclass(frozen=True, kw_only=True)
class TimeSeriesPanel:
    """Series over time.

    Attributes:
        title: what they are.
        description: how to read them, and what a bad value means.
        unit: Grafana's id of the unit.
        queries: give the series.
        levels: colours of areas, ascending; none by default.
        span: width of 24.
    """

    title: str
    description: str
    unit: str
    queries: Sequence[Query]
    levels: Sequence[Level] = ()
    span: int = 8


@dataclass(frozen=True)
class Row:
    """A heading with its panels."""

    title: str
    panels: Sequence[StatPanel | TimeSeriesPanel]


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
            for panel in row.panels:
                number += 1
                built = built.with_panel(_built(panel).id(number))
        return json.dumps(built.build(), cls=JSONEncoder, indent=1, sort_keys=True)


def _built(panel: StatPanel | TimeSeriesPanel) -> stat.Panel | timeseries.Panel:
    return _figure(panel) if isinstance(panel, StatPanel) else _lines(panel)


def _figure(panel: StatPanel) -> stat.Panel:
    built = (
        stat.Panel()
        .title(panel.title)
        .description(panel.description)
        .datasource(SOURCE)
        .unit(panel.unit)
        .span(panel.span)
        .height(FIGURE_HEIGHT)
        .thresholds(_levels(panel.levels))
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


def _lines(panel: TimeSeriesPanel) -> timeseries.Panel:
    built = (
        timeseries.Panel()
        .title(panel.title)
        .description(panel.description)
        .datasource(SOURCE)
        .unit(panel.unit)
        .span(panel.span)
        .height(LINES_HEIGHT)
        .min(0)
        .fill_opacity(10)
        .show_points(common.VisibilityMode.NEVER)
        .thresholds(_levels(panel.levels))
    )
    if panel.levels:
        style = common_builder.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.LINE)
        built = built.thresholds_style(style)
    for letter, query in zip("ABCDEFGHIJKLMNOP", panel.queries, strict=False):
        target = prometheus.Dataquery().expr(query.expression).range().ref_id(letter).datasource(SOURCE)
        built = built.with_target(target.legend_format(query.legend or "__auto"))
    return built


def _levels(levels: Sequence[Level]) -> dashboard_builder.ThresholdsConfig:
    steps = [dashboard.Threshold(value=None, color="green")]
    steps += [dashboard.Threshold(value=value, color=color) for value, color in levels]
    return dashboard_builder.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(steps)
