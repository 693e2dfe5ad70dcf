"""Rules of Prometheus: what it keeps must fit, and it must go on while one restarts."""

from collections.abc import Iterator

from components.settings.capacity import disk_for
from components.settings.environment import Tier
from components.settings.quantities import Bytes
from components.settings.report import Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings

#: A series takes some 4Ki of the head, and as much again while the log is read anew after a restart.
MEMORY_PER_SERIES = Bytes(8 * 2**10)
#: Of a sample on Prometheus' disk, the upper end of what its documentation names (observability, 2.5).
BYTES_PER_SAMPLE = 2


def prometheus_disk(stack: StackSettings) -> Bytes:
    """The smallest disk in bytes that holds what Prometheus is to keep."""
    prometheus = stack.prometheus
    samples = prometheus.series * prometheus.retention // prometheus.scrape_interval
    return disk_for(samples * BYTES_PER_SAMPLE)


def _metrics_fit_their_disk(stack: StackSettings) -> Iterator[Mistake]:
    prometheus = stack.prometheus
    needed = prometheus_disk(stack)
    if prometheus.disk < needed:
        yield Mistake(
            ("prometheus", "retention"),
            f"is {prometheus.retention}, but {prometheus.series} series every {prometheus.scrape_interval} take a disk "
            f"of {needed}, and it has {prometheus.disk}",
            f"write a shorter one, or a disk of {needed}",
        )


def _series_fit_their_memory(stack: StackSettings) -> Iterator[Mistake]:
    prometheus = stack.prometheus
    if prometheus.memory < prometheus.series * MEMORY_PER_SERIES:
        most = prometheus.memory // MEMORY_PER_SERIES
        yield Mistake(
            ("prometheus", "series"),
            f"is {prometheus.series}, which take {MEMORY_PER_SERIES} of memory each while Prometheus starts, and it "
            f"has {prometheus.memory}",
            f"write {most} or fewer, or more memory",
        )


def _objectives_are_measured(stack: StackSettings) -> Iterator[Mistake]:
    objectives, kept = stack.objectives, stack.prometheus.retention
    if objectives is not None and objectives.window > kept:
        yield Mistake(
            ("objectives", "window"),
            f"is {objectives.window}, but Prometheus keeps {kept}: what is spent of a budget would be forgotten",
            f"write {kept} or less, or a longer prometheus.retention",
        )


def _prod_alerts_while_one_restarts(stack: StackSettings) -> Iterator[Mistake]:
    if stack.tier is Tier.PROD and stack.prometheus.replicas == 1:
        yield Mistake(
            ("prometheus", "replicas"), "is 1, but prod must go on alerting while one restarts", "write 2 or more"
        )


PROMETHEUS_RULES: tuple[Rule, ...] = (
    _metrics_fit_their_disk,
    _series_fit_their_memory,
    _objectives_are_measured,
    _prod_alerts_while_one_restarts,
)
