"""Rules of Prometheus: what it keeps must fit, and it must go on while one restarts."""

from collections.abc import Iterator

from components.settings.capacity import disk_for
from components.settings.environment import Tier
from components.settings.quantities import Bytes, Duration
from components.settings.report import Mistake
from components.settings.rule import Rule, supported_major
from components.settings.stack import StackSettings

#: Of a sample on Prometheus' disk, the upper end of what its documentation names (observability, 2.5).
BYTES_PER_SAMPLE = 2
#: Prometheus calls a series stale after five minutes; two scrapes may be lost.
LONGEST_INTERVAL = Duration(2 * 60)
SHORTEST_INTERVAL = Duration(5)


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


def _targets_are_asked_in_time(stack: StackSettings) -> Iterator[Mistake]:
    interval = stack.prometheus.scrape_interval
    if not SHORTEST_INTERVAL <= interval <= LONGEST_INTERVAL:
        yield Mistake(
            ("prometheus", "scrapeInterval"),
            f"is {interval}; above {LONGEST_INTERVAL} gaps show, below {SHORTEST_INTERVAL} targets do little else",
            "write for example 30s",
        )


def _prod_alerts_while_one_restarts(stack: StackSettings) -> Iterator[Mistake]:
    if stack.tier is Tier.PROD and stack.prometheus.replicas == 1:
        yield Mistake(
            ("prometheus", "replicas"), "is 1, but prod must go on alerting while one restarts", "write 2 or more"
        )


PROMETHEUS_RULES: tuple[Rule, ...] = (
    supported_major("prometheus", 3),
    _metrics_fit_their_disk,
    _targets_are_asked_in_time,
    _prod_alerts_while_one_restarts,
)
