"""Rules of metrics, logs and traces: what is kept must fit, and be readable by the program that keeps it."""

import re
from collections.abc import Iterator

from components.settings.environment import Environment
from components.settings.quantities import Bytes, Duration
from components.settings.report import KeyPath, Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings
from components.settings.texts import numbers

#: A disk is planned to be no fuller; the rest is room for compaction and for the night (observability, 2.5).
USABLE = 0.8
#: Of a sample on Prometheus' disk, the upper end of what its documentation names (observability, 2.5).
BYTES_PER_SAMPLE = 2
#: Prometheus calls a series stale after five minutes; two scrapes may be lost.
LONGEST_INTERVAL = Duration(2 * 60)
SHORTEST_INTERVAL = Duration(5)
DAY = Duration(86400)
#: Tempo looks for new blocks every five minutes; a trace must be there for longer than it takes to be found.
SHORTEST_TRACES = Duration(3600)
#: Spans of a trace wait in memory; nobody has room for more (observability, 2.4 has 30 s).
LONGEST_WAIT = Duration(120)
#: The major version whose configuration is written: an older or newer one would not start with it.
MAJORS = {"prometheus": 3, "loki": 3, "tempo": 3, "grafana": 13, "data_prepper": 2}


def prometheus_disk(stack: StackSettings) -> Bytes:
    """The smallest disk in bytes that holds what Prometheus is to keep."""
    prometheus = stack.prometheus
    samples = prometheus.series * prometheus.retention // prometheus.scrape_interval
    return _whole(samples * BYTES_PER_SAMPLE / USABLE)


def _whole(size: float) -> Bytes:
    """Up to whole gibibytes, so that a remedy can be copied into the file."""
    return Bytes((int(size) // 2**30 + 1) * 2**30)


def _versions_are_known(stack: StackSettings) -> Iterator[Mistake]:
    for name, major in MAJORS.items():
        section = getattr(stack, name)
        if section is not None and numbers(section.version)[0] != major:
            key = "dataPrepper" if name == "data_prepper" else name
            yield Mistake(
                (key, "version"),
                f"is {section.version}, but its configuration is written for {major}.x and another would not start",
                f"write a version of {major}.x",
            )


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
    if stack.environment is Environment.PROD and stack.prometheus.replicas == 1:
        yield Mistake(
            ("prometheus", "replicas"), "is 1, but prod must go on alerting while one restarts", "write 2 or more"
        )


def _logs_have_a_place(stack: StackSettings) -> Iterator[Mistake]:
    if stack.loki is None and stack.data_prepper is None:
        yield Mistake(("loki",), "is missing, and so is dataPrepper: logs would be kept nowhere", "add one of them")


def _log_retention_can_be_enforced(stack: StackSettings) -> Iterator[Mistake]:
    if stack.loki is None:
        return
    kept: list[tuple[KeyPath, Duration]] = [(("loki", "retention"), stack.loki.retention)]
    for name, stream in stack.loki.streams.items():
        kept.append((("loki", "streams", name, "retention"), stream.retention))
        if stream.namespace is None and stream.service is None:
            yield Mistake(
                ("loki", "streams", name),
                "has neither namespace nor service, so it would hold for all logs",
                "name at least one of the two",
            )
    for path, retention in kept:
        if retention % DAY:
            problem = f"is {retention}; the index is cut by days, so only whole days can be deleted"
            yield Mistake(path, problem, "write for example 30d")


def _logs_fit_their_disk(stack: StackSettings) -> Iterator[Mistake]:
    loki = stack.loki
    if loki is None or loki.s3 is not None:
        return
    longest = max([loki.retention, *(stream.retention for stream in loki.streams.values())])
    yield from _fits("loki", longest, loki.daily_volume, loki.disk)


def _traces_fit_their_disk(stack: StackSettings) -> Iterator[Mistake]:
    if stack.tempo.s3 is None:
        yield from _fits("tempo", stack.tempo.retention, stack.tempo.daily_volume, stack.tempo.disk)


def _fits(name: str, retention: Duration, daily: Bytes, disk: Bytes) -> Iterator[Mistake]:
    needed = _whole(daily * retention / DAY / USABLE)
    if disk < needed:
        yield Mistake(
            (name, "retention"),
            f"is {retention} at {daily} a day, which takes a disk of {needed}, and it has {disk}",
            f"write a shorter one, a disk of {needed}, or s3: {{...}}",
        )


def _traces_can_be_found_before_they_go(stack: StackSettings) -> Iterator[Mistake]:
    if stack.tempo.retention < SHORTEST_TRACES:
        yield Mistake(
            ("tempo", "retention"),
            f"is {stack.tempo.retention}; a trace that is deleted so soon can hardly be looked at",
            f"write {SHORTEST_TRACES} or more",
        )


def _lokis_folder_is_one_that_it_accepts(stack: StackSettings) -> Iterator[Mistake]:
    bucket = stack.loki.s3 if stack.loki is not None else None
    if bucket is not None and re.fullmatch("[0-9A-Za-z-]+", bucket.base_path) is None:
        yield Mistake(
            ("loki", "s3", "basePath"),
            f"is {bucket.base_path}, but Loki accepts only letters, digits and dashes there",
            "write for example loki",
        )


def _traces_are_judged_in_time(stack: StackSettings) -> Iterator[Mistake]:
    wait = stack.collector.sampling.wait
    if wait > LONGEST_WAIT:
        yield Mistake(
            ("collector", "sampling", "wait"),
            f"is {wait}; all spans wait in memory meanwhile",
            f"write {LONGEST_WAIT} or less",
        )


def _log_index_has_an_end(stack: StackSettings) -> Iterator[Mistake]:
    prepper = stack.data_prepper
    if prepper is None:
        return
    index = stack.opensearch.indexes.get(prepper.index)
    if index is None:
        known = ", ".join(stack.opensearch.indexes)
        yield Mistake(
            ("dataPrepper", "index"),
            f"is {prepper.index}, which is none of opensearch.indexes ({known})",
            "add it there with patterns and deleteAfter",
        )
    elif index.delete_after is None or f"{prepper.index}-*" not in index.patterns:
        yield Mistake(
            ("dataPrepper", "index"),
            f"is {prepper.index}, but opensearch.indexes.{prepper.index} doesn't delete what is written to "
            f"{prepper.index}-*",
            f'give it patterns: ["{prepper.index}-*"] and deleteAfter: 30d',
        )


def _people_come_back_from_their_identity_provider(stack: StackSettings) -> Iterator[Mistake]:
    if stack.grafana.oidc is not None and stack.grafana.url is None:
        yield Mistake(
            ("grafana", "url"),
            "is missing, but after logging in by OIDC people are sent back to it",
            "write the address at which they reach Grafana",
        )


TELEMETRY_RULES: tuple[Rule, ...] = (
    _versions_are_known,
    _metrics_fit_their_disk,
    _targets_are_asked_in_time,
    _prod_alerts_while_one_restarts,
    _logs_have_a_place,
    _log_retention_can_be_enforced,
    _logs_fit_their_disk,
    _traces_fit_their_disk,
    _traces_can_be_found_before_they_go,
    _lokis_folder_is_one_that_it_accepts,
    _traces_are_judged_in_time,
    _log_index_has_an_end,
    _people_come_back_from_their_identity_provider,
)
