"""Rules of Loki: logs are kept somewhere, fit, and can be deleted in time."""

import re
from collections.abc import Iterator

from components.settings.capacity import DAY, fits_its_disk, passes_its_disk
from components.settings.report import KeyPath, Mistake
from components.settings.rule import Rule
from components.settings.stack import StackSettings


def _logs_have_a_place(stack: StackSettings) -> Iterator[Mistake]:
    if stack.loki is None and stack.data_prepper is None:
        yield Mistake(("loki",), "is missing, and so is dataPrepper: logs would be kept nowhere", "add one of them")


def _log_retention_can_be_enforced(stack: StackSettings) -> Iterator[Mistake]:
    if stack.loki is None:
        return
    kept: list[tuple[KeyPath, int]] = [(("loki", "retention"), stack.loki.retention)]
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


def _streams_are_of_different_logs(stack: StackSettings) -> Iterator[Mistake]:
    first: dict[tuple[str | None, str | None], str] = {}
    for name, stream in stack.loki.streams.items() if stack.loki is not None else ():
        other = first.setdefault((stream.namespace, stream.service), name)
        if other != name:
            problem = f"has the namespace and the service of {other}, and only one of the two could be kept as it says"
            yield Mistake(("loki", "streams", name), problem, f"remove it or {other}")


def _logs_fit_their_disk(stack: StackSettings) -> Iterator[Mistake]:
    loki = stack.loki
    if loki is None:
        return
    if loki.s3 is not None:
        yield from passes_its_disk("loki", loki.daily_volume, loki.disk)
        return
    longest = max([loki.retention, *(stream.retention for stream in loki.streams.values())])
    yield from fits_its_disk("loki", longest, loki.daily_volume, loki.disk)


def _lokis_folder_is_one_that_it_accepts(stack: StackSettings) -> Iterator[Mistake]:
    bucket = stack.loki.s3 if stack.loki is not None else None
    if bucket is not None and re.fullmatch("[0-9A-Za-z-]+", bucket.base_path) is None:
        yield Mistake(
            ("loki", "s3", "basePath"),
            f"is {bucket.base_path}, but Loki accepts only letters, digits and dashes there",
            "write for example loki",
        )


LOKI_RULES: tuple[Rule, ...] = (
    _logs_have_a_place,
    _log_retention_can_be_enforced,
    _streams_are_of_different_logs,
    _logs_fit_their_disk,
    _lokis_folder_is_one_that_it_accepts,
)
