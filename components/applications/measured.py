"""What is recorded of an application, and which of its limits are about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.applications.convention_settings import CONVENTIONS, POOL_USED, Convention, Durations
from components.applications.signals_settings import PoolSettings
from components.signals.objectives import RATE
from components.signals.promql import recent
from components.signals.recordings import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from components.applications.limit_settings import Limits
    from components.applications.settings import ApplicationSettings
    from components.applications.signals_settings import (
        CacheSettings,
        CallsSettings,
        QualitySettings,
        QueueSettings,
    )

QUANTILES = {"p50": "0.5", "p95": "0.95", "p99": "0.99"}

QUALITY_GAP = "[1h]"
"""Longest silence of a measure of quality: it is taken now and then, by a job that judges a sample."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A figure of an application.

    Attributes:
        recording: where it is recorded.
        title: what it is, in a few words that follow the application's name.
        unit: Grafana's id of its unit.
        family: name of the alerts of its limits.
        limits: from which on people are told; below which, where `is_least`.
        is_least: whether people are told below the limits.
    """

    recording: Recording
    title: str
    unit: str
    family: str = ""
    limits: Limits | None = None
    is_least: bool = False


@dataclass(frozen=True)
class Source:
    """Where the metrics of an application are found.

    Attributes:
        name: the application's.
        settings: its section.
    """

    name: str
    settings: ApplicationSettings

    @property
    def service(self) -> str:
        """The matcher of the series that it sends."""
        services = self.settings.services or (self.name,)
        return f'service_name="{services[0]}"' if len(services) == 1 else f'service_name=~"{"|".join(services)}"'

    def of(self, metric: str, *matchers: str, matching: Sequence[str] = ()) -> str:
        """Return the series of a metric that this application sends."""
        return f"{metric}{{{', '.join([self.service, *map(_matcher, matching), *matchers])}}}"

    def labels(self, signal: str, **more: str) -> dict[str, str]:
        """Return the labels of what is recorded of a signal."""
        return {"application": self.name, "signal": signal, **more}

    def told(self, labels: Mapping[str, str]) -> dict[str, str]:
        """Return the labels of an alert: whose it is, and those of what it is about."""
        return {"team": self.settings.team, "namespace": self.settings.namespace, **labels}

    def recorded(self, name: str, signal: str, expression: str, **more: str) -> Recording:
        """Return a recording under the names of the application and of its signal."""
        return Recording(name=f"application:{name}", expression=expression, labels=self.labels(signal, **more))


def _matcher(text: str) -> str:
    label, _, value = text.partition("=")
    return f'{label}="{value}"'


def durations(calls: CallsSettings) -> Durations:
    """Return the histogram that counts calls."""
    if calls.metric is not None:
        return Durations(calls.metric, tuple(map(_matcher, calls.failed)))
    return CONVENTIONS[calls.convention or Convention.HTTP]  # the rules let none pass that has neither


def counted(source: Source, calls: CallsSettings, *matchers: str) -> str:
    """Return the series that count calls."""
    return source.of(f"{durations(calls).metric}_count", *matchers, matching=calls.matching)


def all_calls(source: Source, calls: CallsSettings) -> str:
    """Return how many calls there are in a second."""
    return f"sum(rate({counted(source, calls)}{RATE}))"


def failed_rates(source: Source, calls: CallsSettings) -> str:
    """Return how many fail in a second, series by series; `or` takes what fits several of the matchers once."""
    return " or ".join(f"rate({counted(source, calls, matcher)}{RATE})" for matcher in durations(calls).failed)


def failed_calls(source: Source, calls: CallsSettings) -> str:
    """Return how many of them fail; none where no series tells of a failure."""
    return f"(sum({failed_rates(source, calls)}) or vector(0))"


def of_calls(source: Source, signal: str, calls: CallsSettings) -> Iterator[Measure]:
    """Return rate, errors and durations."""
    total = all_calls(source, calls)
    yield Measure(
        # An application that is away makes no calls; without a zero nobody would be told of too few.
        recording=source.recorded("calls:rate5m", signal, f"{total} or vector(0)"),
        title=f"{signal}: calls",
        unit="ops",
        family="ApplicationCallsFew",
        limits=calls.rate,
        is_least=True,
    )
    if durations(calls).failed:
        yield Measure(
            recording=source.recorded("calls_failed:ratio5m", signal, f"{failed_calls(source, calls)} / ({total} > 0)"),
            title=f"{signal}: share that fails",
            unit="percentunit",
            family="ApplicationCallsFail",
            limits=calls.errors,
        )
    buckets = source.of(f"{durations(calls).metric}_bucket", matching=calls.matching)
    for name, quantile in QUANTILES.items():
        slowest = f"histogram_quantile({quantile}, sum by (le) (rate({buckets}{RATE})))"
        yield Measure(
            recording=source.recorded("calls_seconds:quantile5m", signal, slowest, quantile=quantile),
            title=f"{signal}: {name}",
            unit="s",
            family="ApplicationCallsSlow",
            limits=getattr(calls, name),
        )


def of_queue(source: Source, signal: str, queue: QueueSettings) -> Iterator[Measure]:
    """Return how much waits; replicas that tell of one queue say the same, so the most counts."""
    for metric, name, title, unit, family, limits in (
        (queue.waiting, "queue_waiting:max", "waiting", "short", "ApplicationBacklog", queue.backlog),
        (queue.oldest, "queue_oldest_seconds:max", "age of the oldest", "s", "ApplicationLag", queue.lag),
    ):
        if metric is not None:
            most = f"max({recent(source.of(metric, matching=queue.matching))})"
            recording = source.recorded(name, signal, most)
            yield Measure(recording=recording, title=f"{signal}: {title}", unit=unit, family=family, limits=limits)


def of_pool(source: Source, signal: str, pool: PoolSettings) -> Iterator[Measure]:
    """Return how much of a pool is used: by the replica that is worst off, and by all together."""
    by_convention = pool.used == PoolSettings.model_fields["used"].default
    used = recent(source.of(pool.used, *([POOL_USED] if by_convention else []), matching=pool.matching))
    most = recent(source.of(pool.most, matching=pool.matching))
    share = f"max(sum by (instance) ({used}) / sum by (instance) ({most}))"
    yield Measure(
        recording=source.recorded("pool_used:ratio", signal, share),
        title=f"{signal}: share of the pool",
        unit="percentunit",
        family="ApplicationPoolUsed",
        limits=pool.share,
    )
    yield Measure(
        recording=source.recorded("pool_used:sum", signal, f"sum({used})"),
        title=f"{signal}: used",
        unit="short",
        family="ApplicationPoolUsed",
        limits=pool.count,
    )


def of_cache(source: Source, signal: str, cache: CacheSettings) -> Measure:
    """Return how often a cache has what is asked for."""
    hits, misses = (
        f"sum(rate({source.of(metric, matching=cache.matching)}{RATE}))" for metric in (cache.hits, cache.misses)
    )
    return Measure(
        recording=source.recorded("cache_hits:ratio5m", signal, f"{hits} / ({hits} + {misses} > 0)"),
        title=f"{signal}: share of hits",
        unit="percentunit",
        family="ApplicationCacheMisses",
        limits=cache.hit_ratio,
        is_least=True,
    )


def of_quality(source: Source, signal: str, quality: QualitySettings) -> Iterator[Measure]:
    """Return a measure of quality, once for each side on which it can be wrong."""
    mean = f"avg(last_over_time({source.of(quality.metric, matching=quality.matching)}{QUALITY_GAP}))"
    recording = source.recorded("quality:avg", signal, mean)
    for limits, is_least in ((quality.least, True), (quality.most, False)):
        if limits is not None or (is_least and quality.most is None):
            yield Measure(
                recording=recording,
                title=signal,
                unit="short",
                family="ApplicationQuality",
                limits=limits,
                is_least=is_least,
            )


def of_all(source: Source) -> Iterator[Measure]:
    """Return what the application itself tells, in the order in which it is shown."""
    signals = source.settings.signals
    for name, calls in signals.calls.items():
        yield from of_calls(source, name, calls)
    for name, queue in signals.queues.items():
        yield from of_queue(source, name, queue)
    for name, pool in signals.pools.items():
        yield from of_pool(source, name, pool)
    for name, cache in signals.caches.items():
        yield of_cache(source, name, cache)
    for name, quality in signals.quality.items():
        yield from of_quality(source, name, quality)
