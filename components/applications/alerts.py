"""What people are told of an application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.applications.limits import given
from components.applications.pods import available, uptime
from components.observability.alertmanager.settings import Severity
from components.settings.thresholds import Threshold, lasting
from components.signals.alerts import Alert
from components.signals.promql import minutes, recent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.applications.measured import Measure, Source
    from components.applications.signals_settings import DegradedSettings, PodsSettings
    from components.signals.recordings import Recording

MEANINGS = {
    "ApplicationCallsFail": ("too many calls fail", "People get errors in place of answers."),
    "ApplicationCallsSlow": ("calls are slow", "People wait longer than the limit in the stack file."),
    "ApplicationCallsFew": ("there are fewer calls than there should be", "Whoever makes them may be away."),
    "ApplicationBacklog": ("work waits", "More comes than is worked off."),
    "ApplicationLag": ("work is late", "The oldest piece of work waits for longer than the limit."),
    "ApplicationPoolUsed": ("the pool is nearly used up", "Whoever needs one more waits, and then fails."),
    "ApplicationCacheMisses": ("the cache has little of what is asked for", "Whatever stands behind it does more."),
    "ApplicationQuality": (
        "the measure of quality is beyond its limit",
        "Answers are worse than they were meant to be.",
    ),
    "ApplicationBusy": ("a container uses nearly all processors that it may", "It is held back and gets slower."),
    "ApplicationMemoryHigh": ("a container is near its memory limit", "At the limit the kernel ends it."),
}
"""By the names of alerts: what is wrong, and what it means."""


def of_measure(source: Source, measure: Measure) -> Iterator[Alert]:
    """Return an alert for each limit."""
    if measure.limits is None:
        return
    problem, meaning = MEANINGS[measure.family]
    for severity, text in given(measure.limits):
        limit = Threshold.parse(text)
        yield Alert(
            name=measure.family,
            expression=f"{recent(measure.recording.series)} {'<' if measure.is_least else '>'} {limit.value:.10g}",
            severity=severity,
            after=limit.after,
            summary=f"{source.name}, {measure.title}: {problem}",
            description=f"{meaning} The limit is {text}.",
            labels=source.told(measure.recording.labels),
        )


def of_pods(source: Source, pods: PodsSettings) -> Iterator[Alert]:
    """Return the alerts of Deployments without a pod that works."""
    for deployment in pods.deployments:
        recording = available(source, deployment)
        yield Alert(
            name="ApplicationDown",
            expression=f"{recent(recording.series)} < 1",
            severity=Severity.CRITICAL,
            after=lasting(pods.down),
            summary=f"{source.name}: {deployment} is down",
            description="No pod of it works. What it serves is away.",
            labels=source.told(recording.labels),
        )
        if pods.uptime is not None:
            share = uptime(source, deployment)
            yield Alert(
                name="ApplicationUptimeLow",
                expression=f"{recent(share.series)} < {Threshold.parse(pods.uptime).value:.10g}",
                severity=Severity.WARNING,
                after=minutes(5),
                summary=f"{source.name}: {deployment} was away too long today",
                description=f"It had a pod that works in less than {pods.uptime} of the last 24 hours.",
                labels=source.told(share.labels),
            )


def of_mode(source: Source, degraded: DegradedSettings, recording: Recording) -> Alert:
    """Return the alert of the mode in which it does without something."""
    return Alert(
        name="ApplicationDegraded",
        expression=f"{recent(recording.series)} > 0",
        severity=Severity.WARNING,
        after=lasting(degraded.warning),
        summary=f"{source.name} does without something that it needs",
        description="It says so itself: answers come, and are worse or fewer than usual.",
        labels=source.told(recording.labels),
    )
