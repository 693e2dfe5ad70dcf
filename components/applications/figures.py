"""All that is recorded of an application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.applications.measured import of_all
from components.applications.pods import available, saturation, uptime
from components.signals.promql import recent

if TYPE_CHECKING:
    from components.applications.measured import Measure, Source
    from components.signals.recordings import Recording


def measures(source: Source) -> list[Measure]:
    """Return what is measured, in the order in which it is shown."""
    pods = source.settings.signals.pods
    return [*of_all(source), *(() if pods is None else saturation(source, pods))]


def mode(source: Source) -> Recording | None:
    """Return whether it does without something, where it says so."""
    degraded = source.settings.signals.degraded
    if degraded is None:
        return None
    return source.recorded("degraded:max", "mode", f"max({recent(source.of(degraded.metric))})")


def recordings(source: Source) -> list[Recording]:
    """Return everything, each once: a measure with limits on both sides is one figure."""
    pods, without = source.settings.signals.pods, mode(source)
    found = [measure.recording for measure in measures(source)]
    for deployment in () if pods is None else pods.deployments:
        found += [available(source, deployment), uptime(source, deployment)]
    found += [] if without is None else [without]
    return list({recording.series: recording for recording in found}.values())
