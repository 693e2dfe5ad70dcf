"""What is seen and told of applications, out of what the stack file says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.applications.alerts import of_measure, of_mode, of_pods
from components.applications.figures import measures, mode, recordings
from components.applications.measured import Source, all_calls, durations, failed_calls
from components.applications.panels import at_a_glance, rows, together
from components.settings.thresholds import Threshold
from components.signals.objectives import RATE, Slo
from components.signals.offer import Signals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.applications.signals_settings import CallsSettings
    from components.settings.objectives import ObjectivesSettings
    from components.settings.stack import StackSettings
    from components.signals.alerts import Alert


def signals(stack: StackSettings) -> Signals | None:
    """Return the signals of all applications, where there are any."""
    sources = [Source(name, settings) for name, settings in stack.applications.items()]
    if not sources:
        return None
    return Signals(
        name="applications",
        stats=[at_a_glance(source) for source in sources],
        rows=[*together(sources), *(row for source in sources for row in rows(source))],
        recordings=[recording for source in sources for recording in recordings(source)],
        alerts=[alert for source in sources for alert in _alerts(source)],
        slos=[] if stack.objectives is None else [slo for one in sources for slo in _promised(one, stack.objectives)],
    )


def _alerts(source: Source) -> Iterator[Alert]:
    told, without = source.settings.signals, mode(source)
    if told.pods is not None:
        yield from of_pods(source, told.pods)
    for measure in measures(source):
        yield from of_measure(source, measure)
    if told.degraded is not None and without is not None:
        yield of_mode(source, told.degraded, without)


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
