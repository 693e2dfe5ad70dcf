"""What is shown of applications."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from components.applications.figures import measures, mode, recordings
from components.applications.limits import good_above, levels
from components.applications.measured import counted, durations, failed_rates
from components.applications.pods import available
from components.signals.objectives import RATE
from components.signals.panels import RATE as SHOWN_RATE
from components.signals.panels import (
    BarsPanel,
    GaugePanel,
    HeatMapPanel,
    PiePanel,
    Query,
    Row,
    StatPanel,
    TimeSeriesPanel,
)
from components.signals.promql import recent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from components.applications.limit_settings import ShareLimits
    from components.applications.measured import Measure, Source
    from components.applications.signals_settings import CallsSettings
    from components.signals.panels import NOW, AnyPanel

LINES = "Lines are the limits of the stack file above which people are told."
COLORS = "Colours begin where the stack file's limits do."
TOGETHER = (
    (
        "application:calls_failed:ratio5m",
        "",
        "Errors, by service",
        "Share of calls that fails, of each.",
        "percentunit",
    ),
    ("application:calls_seconds:quantile5m", '{quantile="0.95"}', "p95, by service", "95 of a hundred take less.", "s"),
    ("application:calls:rate5m", "", "Calls, by service", "Calls in a second, of each.", "ops"),
)


def at_a_glance(source: Source) -> StatPanel:
    """Return the figure of an application that people look at first."""
    return StatPanel(
        title=f"Alerts of {source.name}",
        description="Alerts of this application that fire; their page among docs/runbooks says what to do.",
        unit="short",
        query=f'count(ALERTS{{application="{source.name}", alertstate="firing"}}) or vector(0)',
        levels=((1, "red"),),
    )


def together(sources: Sequence[Source]) -> Iterator[Row]:
    """Return what all applications have in common, side by side."""
    known = {recording.name for source in sources for recording in recordings(source)}
    found: list[AnyPanel] = [
        TimeSeriesPanel(
            title=title,
            description=description,
            unit=unit,
            queries=[Query(name + matcher, "{{application}}: {{signal}}")],
        )
        for name, matcher, title, description, unit in TOGETHER
        if name in known
    ]
    if "application:uptime:ratio1d" in known:
        found.append(
            BarsPanel(
                title="Availability, by service",
                description="Share of the last 24 hours in which each Deployment had a pod that works.",
                unit="percentunit",
                queries=[Query("application:uptime:ratio1d", "{{application}}: {{signal}}")],
            )
        )
    if found:
        yield Row("All of them", found)


def rows(source: Source) -> Iterator[Row]:
    """Return what is shown of one application."""
    if now := list(_now(source)):
        yield Row(f"{source.name}: now", now)
    groups = groupby(measures(source), key=lambda one: (one.recording.name, one.recording.labels["signal"]))
    panels = [(_panel(source, signal, list(group)), name) for (name, signal), group in groups]
    calls: list[AnyPanel] = [panel for panel, name in panels if name.startswith("application:calls")]
    for name, settings in source.settings.signals.calls.items():
        calls += _of_calls(source, name, settings)
    rest: list[AnyPanel] = [panel for panel, name in panels if not name.startswith("application:calls")]
    rest += _counted(source)
    if calls:
        yield Row(f"{source.name}: calls", calls)
    if rest:
        yield Row(f"{source.name}: work, pools, caches, quality and pods", rest)


def _now(source: Source) -> Iterator[NOW]:
    signals = source.settings.signals
    for measure in measures(source):
        name, signal = measure.recording.name, measure.recording.labels["signal"]
        if name == "application:calls_failed:ratio5m":
            limits: ShareLimits | None = signals.calls[signal].errors
            base, colors = good_above(limits, lambda value: round(1 - value, 9))
            yield _gauge(source, f"{signal}: succeed", f"1 - {measure.recording.series}", base, colors)
        elif name == "application:cache_hits:ratio5m":
            base, colors = good_above(measure.limits)
            yield _gauge(source, f"{signal}: hits", measure.recording.series, base, colors)
        elif name == "application:pool_used:ratio":
            yield _gauge(
                source, f"{signal}: pool used", measure.recording.series, "green", list(levels(measure.limits))
            )
        elif name == "application:queue_waiting:max":
            yield StatPanel(
                title=f"{source.name}, {signal}: waiting now",
                description=f"How many wait. {COLORS}",
                unit="short",
                query=measure.recording.series,
                levels=list(levels(measure.limits)),
            )
    for name, count in signals.counts.items():
        if count.by is None:
            yield StatPanel(
                title=f"{source.name}, {name}",
                description="What the application says that there is.",
                unit="short",
                query=f"max({recent(source.of(count.metric, matching=count.matching))})",
            )


def _gauge(source: Source, title: str, query: str, base: str, colors: list[tuple[float, str]]) -> GaugePanel:
    return GaugePanel(
        title=f"{source.name}, {title} now",
        description=f"Share, as it is now. {COLORS}",
        unit="percentunit",
        query=query,
        base=base,
        levels=colors,
    )


def _panel(source: Source, signal: str, found: list[Measure]) -> TimeSeriesPanel:
    """Return the panel of all measures under one name, with lines where alerts begin."""
    first = found[0]
    # Quantiles are shown together, by their names.
    title = f"{signal}: time" if first.unit == "s" and len(found) > 1 else first.title
    shown = {one.recording.series: one for one in found}
    return TimeSeriesPanel(
        title=f"{source.name}, {title}",
        description=LINES,
        unit=first.unit,
        queries=[Query(one.recording.series, one.title) for one in shown.values()],
        levels=sorted({level for one in found if not one.is_least for level in levels(one.limits)}),
    )


def _of_calls(source: Source, name: str, calls: CallsSettings) -> Iterator[AnyPanel]:
    """Return how their durations are spread, which of them fail, and how they are answered."""
    told, title = durations(calls), f"{source.name}, {name}"
    buckets = source.of(f"{told.metric}_bucket", matching=calls.matching)
    yield HeatMapPanel(
        title=f"{title}: spread of time",
        description="How many calls took how long; two bands at once are two kinds of calls.",
        unit="s",
        query=f"sum by (le) (increase({buckets}{SHOWN_RATE}))",
    )
    if told.endpoint:
        yield TimeSeriesPanel(
            title=f"{title}: failures by {told.endpoint}",
            description="Calls that fail in a second, by what was called.",
            unit="ops",
            queries=[Query(f"sum by ({told.endpoint}) ({failed_rates(source, calls)})", f"{{{{{told.endpoint}}}}}")],
        )
    if told.status:
        rate = f"rate({counted(source, calls)}{RATE})"
        by_class = f'sum by (class) (label_replace({rate}, "class", "${{1}}xx", "{told.status}", "(.).."))'
        yield TimeSeriesPanel(
            title=f"{title}: answers by class",
            description="Answers in a second: 5xx are the server's fault, 4xx the client's.",
            unit="ops",
            queries=[Query(by_class, "{{class}}")],
        )
        yield PiePanel(
            title=f"{title}: shares of answers",
            description="Of the answers of five minutes, how many are of which class.",
            unit="ops",
            queries=[Query(by_class, "{{class}}")],
        )


def _counted(source: Source) -> Iterator[AnyPanel]:
    signals, without = source.settings.signals, mode(source)
    for name, count in signals.counts.items():
        if count.by is not None:
            told = recent(source.of(count.metric, matching=count.matching))
            yield BarsPanel(
                title=f"{source.name}, {name}",
                description=f"What the application says that there is, by {count.by}.",
                unit="short",
                queries=[Query(f"max by ({count.by}) ({told})", f"{{{{{count.by}}}}}")],
            )
    if signals.pods is not None:
        yield TimeSeriesPanel(
            title=f"{source.name}, pods that work",
            description="Pods of each Deployment that answer their probes. At zero what it serves is away.",
            unit="short",
            queries=[Query(available(source, name).series, name) for name in signals.pods.deployments],
        )
    if without is not None:
        yield TimeSeriesPanel(
            title=f"{source.name}, does without something",
            description="1 while the application says that it does without something that it needs.",
            unit="short",
            queries=[Query(without.series, "degraded")],
        )
