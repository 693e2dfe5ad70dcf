"""How each kind of panel is drawn by Grafana."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from grafana_foundation_sdk.builders import bargauge, gauge, heatmap, piechart, prometheus, stat, timeseries
from grafana_foundation_sdk.builders import common as common_builder
from grafana_foundation_sdk.builders import dashboard as dashboard_builder
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models import heatmap as heatmap_models
from grafana_foundation_sdk.models import prometheus as prometheus_models

from components.signals.panels import BarsPanel, GaugePanel, HeatMapPanel, PiePanel, Query, StatPanel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from components.signals.panels import AnyPanel, TimeSeriesPanel

PROMETHEUS = "prometheus"
"""Uid of the data source that every panel asks."""

SOURCE = common.DataSourceRef(type_val="prometheus", uid=PROMETHEUS)

UNKNOWN = "unknown"
"""No answer is never zero: it means that nobody tells."""

Drawn = bargauge.Panel | gauge.Panel | heatmap.Panel | piechart.Panel | stat.Panel | timeseries.Panel
_Drawn = TypeVar("_Drawn", bargauge.Panel, gauge.Panel, heatmap.Panel, piechart.Panel, stat.Panel, timeseries.Panel)


def built(panel: AnyPanel, repository: str | None) -> Drawn:
    """Return what the SDK makes a panel of, with a link to its page in a repository."""
    if isinstance(panel, StatPanel):
        return _stat(panel, repository)
    if isinstance(panel, GaugePanel):
        return _gauge(panel, repository)
    if isinstance(panel, HeatMapPanel):
        return _heat_map(panel, repository)
    if isinstance(panel, BarsPanel):
        shown = _common(bargauge.Panel(), panel, repository).reduce_options(_last()).min(0).no_value(UNKNOWN)
        return shown.orientation(common.VizOrientation.HORIZONTAL).targets(list(_asked(panel.queries, is_now=True)))
    if isinstance(panel, PiePanel):
        shown = _common(piechart.Panel(), panel, repository).reduce_options(_last()).no_value(UNKNOWN)
        return shown.targets(list(_asked(panel.queries, is_now=True)))
    return _time_series(panel, repository)


def _stat(panel: StatPanel, repository: str | None) -> stat.Panel:
    shown = (
        _common(stat.Panel(), panel, repository)
        .color_mode(common.BigValueColorMode.BACKGROUND)
        .graph_mode(common.BigValueGraphMode.NONE)
        .reduce_options(_last())
        .no_value(UNKNOWN)
        .targets(list(_asked([Query(panel.query)], is_now=True)))
    )
    if panel.words:
        words = {value: dashboard.ValueMappingResult(text=text) for value, text in panel.words.items()}
        shown = shown.mappings([dashboard.ValueMap(options=words)])
    return shown


def _gauge(panel: GaugePanel, repository: str | None) -> gauge.Panel:
    shown = _common(gauge.Panel(), panel, repository).reduce_options(_last()).min(0).no_value(UNKNOWN)
    shown = shown if panel.most is None else shown.max(panel.most)
    return shown.targets(list(_asked([Query(panel.query)], is_now=True)))


def _heat_map(panel: HeatMapPanel, repository: str | None) -> heatmap.Panel:
    target = prometheus.Dataquery().expr(panel.query).range().ref_id("A").datasource(SOURCE).legend_format("{{le}}")
    return (
        _common(heatmap.Panel(), panel, repository)
        .color(heatmap.HeatmapColorOptions().mode(heatmap_models.HeatmapColorMode.SCHEME).scheme("Oranges").steps(64))
        .y_axis(heatmap.YAxisConfig().unit(panel.unit))
        .with_target(target.format(prometheus_models.PromQueryFormat.HEATMAP))
    )


def _time_series(panel: TimeSeriesPanel, repository: str | None) -> timeseries.Panel:
    shown = (
        _common(timeseries.Panel(), panel, repository)
        .min(0)
        .fill_opacity(10)
        .show_points(common.VisibilityMode.NEVER)
        .targets(list(_asked(panel.queries, is_now=False)))
    )
    if panel.levels:
        style = common_builder.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.LINE)
        shown = shown.thresholds_style(style)
    return shown


def _last() -> common_builder.ReduceDataOptions:
    return common_builder.ReduceDataOptions().calcs(["lastNotNull"])


def _asked(queries: Sequence[Query], *, is_now: bool) -> Iterator[prometheus.Dataquery]:
    for letter, query in zip("ABCDEFGHIJKLMNOP", queries, strict=False):
        target = prometheus.Dataquery().expr(query.expression).ref_id(letter).datasource(SOURCE)
        target = target.instant() if is_now else target.range()
        yield target.legend_format(query.legend or "__auto")


def _common(builder: _Drawn, panel: AnyPanel, repository: str | None) -> _Drawn:
    shown = builder.title(panel.title).datasource(SOURCE).unit(panel.unit).thresholds(_levels(panel))
    if not panel.runbook:
        return shown.description(panel.description)
    if repository is None:
        return shown.description(f"{panel.description} What to do: {panel.runbook}.")
    link = dashboard_builder.DashboardLink("What to do").type(dashboard.DashboardLinkType.LINK)
    return shown.description(panel.description).links([link.url(f"{repository}/{panel.runbook}")])


def _levels(panel: AnyPanel) -> dashboard_builder.ThresholdsConfig:
    steps = [dashboard.Threshold(value=None, color=panel.base)]
    steps += [dashboard.Threshold(value=value, color=color) for value, color in panel.levels]
    return dashboard_builder.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(steps)
