"""What is seen and told of applications, out of what the stack file says of them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from components.applications.alerts import of_measure, of_mode, of_pods
from components.applications.limits import levels
from components.applications.measured import Measure, Source, all_calls, durations, failed_calls, of_all
from components.applications.pods import available, saturation, uptime
from components.settings.thresholds import Threshold
from components.signals.objectives import RATE, Slo
from components.signals.offer import Board, Signals
from components.signals.panels import Query, Row, StatPanel, TimeSeriesPanel
from components.signals.promql import recent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.applications.signals_settings import CallsSettings
    from components.settings.objectives import ObjectivesSettings
    from components.settings.stack import StackSettings
    from components.signals.alerts import Alert
    from components.signals.recordings import Recording


def signals(stack: StackSettings) -> Signals | None:
    """Return the signals of all applications, where there are any."""
    sources = [Source(name, settings) for name, settings in stack.applications.items()]
    if not sources:
        return None
    return Signals(
        name="applications",
        board=Board.APPLICATIONS,
        stats=[_at_a_glance(source) for source in sources],
        rows=[row for source in sources for row in _rows(source)],
        recordings=[recording for source in sources for recording in _recordings(source)],
        alerts=[alert for source in sources for alert in _alerts(source)],
        slos=[] if stack.objectives is None else [slo for one in sources for slo in _promised(one, stack.objectives)],
    )


def _measures(source: Source) -> Iterator[Measure]:
    yield from of_all(source)
    if source.settings.signals.pods is not None:
        yield from saturation(source, source.settings.signals.pods)


def _mode(source: Source) -> Recording | None:
    degraded = source.settings.signals.degraded
    if degraded is None:
        return None
    return source.recorded("degraded:max", "mode", f"max({recent(source.of(degraded.metric))})")


def _recordings(source: Source) -> list[Recording]:
    pods, mode = source.settings.signals.pods, _mode(source)
    found = [measure.recording for measure in _measures(source)]
    for deployment in () if pods is None else pods.deployments:
        found += [available(source, deployment), uptime(source, deployment)]
    found += [] if mode is None else [mode]
    # A measure with limits on both sides is recorded once.
    return list({recording.series: recording for recording in found}.values())


def _alerts(source: Source) -> Iterator[Alert]:
    told, mode = source.settings.signals, _mode(source)
    if told.pods is not None:
        yield from of_pods(source, told.pods)
    for measure in _measures(source):
        yield from of_measure(source, measure)
    if told.degraded is not None and mode is not None:
        yield of_mode(source, told.degraded, mode)


def _promised(source: Source, objectives: ObjectivesSettings) -> Iterator[Slo]:
    for name, calls in source.settings.signals.calls.items():
        total = all_calls(source, calls)
        for kind, objective, promise, bad in _objectives(source, calls, total):
            yield Slo(
                name=f"{source.name}-{name}-{kind.lower()}",
                promise=f"{source.name}, {name}: {promise}",
                objective=objective,
                window=objectives.window,
                bad=bad,
                total=total,
                family=f"Application{kind}",
                labels=source.told(source.labels(name)),
            )


def _objectives(source: Source, calls: CallsSettings, total: str) -> Iterator[tuple[str, str, str, str]]:
    if calls.availability is not None:
        yield "Availability", calls.availability, "calls don't fail", failed_calls(source, calls)
    if calls.quick is not None:
        within = Threshold.parse(calls.quick.within).value
        # Prometheus writes a whole number with or without its zero, by where it came from.
        bound = f'le=~"{within:g}([.]0)?"'
        bucket = source.of(f"{durations(calls).metric}_bucket", bound, matching=calls.matching)
        promise = f"calls are answered within {calls.quick.within}"
        yield "Quickness", calls.quick.objective, promise, f"{total} - sum(rate({bucket}{RATE}))"


def _at_a_glance(source: Source) -> StatPanel:
    return StatPanel(
        title=f"Alerts of {source.name}",
        description="Alerts of this application that fire; their page among docs/runbooks says what to do.",
        unit="short",
        query=f'count(ALERTS{{application="{source.name}", alertstate="firing"}}) or vector(0)',
        levels=((1, "red"),),
    )


def _rows(source: Source) -> Iterator[Row]:
    measures = list(_measures(source))
    panels = [
        _panel(source, title, list(group))
        for title, group in groupby(measures, key=lambda one: (one.recording.name, one.recording.labels["signal"]))
    ]
    calls = [panel for panel, key in panels if key.startswith("application:calls")]
    rest = [panel for panel, key in panels if not key.startswith("application:calls")]
    if calls:
        yield Row(f"{source.name}: calls", calls)
    pods, mode = source.settings.signals.pods, _mode(source)
    if pods is not None:
        rest.append(_pods(source, pods.deployments))
    if mode is not None:
        rest.append(_degraded(source, mode))
    if rest:
        yield Row(f"{source.name}: work, pools, caches, quality and pods", rest)


def _panel(source: Source, key: tuple[str, str], measures: list[Measure]) -> tuple[TimeSeriesPanel, str]:
    """Return the panel of all measures under one name, with lines where alerts begin."""
    first = measures[0]
    # Quantiles are shown together, by their names.
    title = f"{key[1]}: time" if first.unit == "s" and len(measures) > 1 else first.title
    shown = {one.recording.series: one for one in measures}
    queries = [Query(one.recording.series, one.title) for one in shown.values()]
    lines = sorted({level for one in measures if not one.is_least for level in levels(one.limits)})
    panel = TimeSeriesPanel(
        title=f"{source.name}, {title}",
        description="Lines are the limits of the stack file above which people are told.",
        unit=first.unit,
        queries=queries,
        levels=lines,
    )
    return panel, key[0]


def _pods(source: Source, deployments: tuple[str, ...]) -> TimeSeriesPanel:
    return TimeSeriesPanel(
        title=f"{source.name}, pods that work",
        description="Pods of each Deployment that answer their probes. At zero what it serves is away.",
        unit="short",
        queries=[Query(available(source, name).series, name) for name in deployments],
    )


def _degraded(source: Source, mode: Recording) -> TimeSeriesPanel:
    return TimeSeriesPanel(
        title=f"{source.name}, does without something",
        description="1 while the application says that it does without something that it needs.",
        unit="short",
        queries=[Query(mode.series, "degraded")],
        levels=((1, "orange"),),
    )
