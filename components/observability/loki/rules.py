"""Rules of Loki: logs are kept somewhere, fit, and can be deleted in time."""

import re
from collections.abc import Iterator

from components.observability.loki.settings import FIRST_DAY, FOLDER
from components.settings.bucket import BucketSettings
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
    # What was kept on it before a move stays until it is too old.
    if all(place.bucket is not None for place in loki.places):
        yield from passes_its_disk("loki", loki.daily_volume, loki.disk)
        return
    longest = max([loki.retention, *(stream.retention for stream in loki.streams.values())])
    yield from fits_its_disk("loki", longest, loki.daily_volume, loki.disk)


def _buckets(stack: StackSettings) -> dict[KeyPath, BucketSettings]:
    """Loki's buckets by their keys, in the order of the file."""
    if stack.loki is None:
        return {}
    given = {("loki", "s3"): stack.loki.s3}
    given |= {("loki", "periods", name, "s3"): period.s3 for name, period in stack.loki.periods.items()}
    return {path: bucket for path, bucket in given.items() if bucket is not None}


def _lokis_folder_is_one_that_it_accepts(stack: StackSettings) -> Iterator[Mistake]:
    for path, bucket in _buckets(stack).items():
        if re.fullmatch("[0-9A-Za-z-]+", bucket.base_path) is None:
            yield Mistake(
                (*path, "basePath"),
                f"is {bucket.base_path}, but Loki accepts only letters, digits and dashes there",
                "write for example loki",
            )


def _periods_begin_one_after_the_other(stack: StackSettings) -> Iterator[Mistake]:
    begun: dict[str, str] = {}
    for name, period in stack.loki.periods.items() if stack.loki is not None else ():
        if period.since <= FIRST_DAY:
            problem = f"is {period.since}, but the first period, that of loki.s3, begins on {FIRST_DAY}"
            yield Mistake(("loki", "periods", name, "from"), problem, "write a later day")
        other = begun.setdefault(period.since, name)
        if other != name:
            problem = f"is {period.since}, as that of {other}, and logs of a day lie in one place"
            yield Mistake(("loki", "periods", name, "from"), problem, f"write another day, or remove it or {other}")


def _one_process_reaches_all_its_buckets(stack: StackSettings) -> Iterator[Mistake]:
    """Loki has one role and one `storage_prefix`, whichever bucket it asks."""
    buckets = _buckets(stack)
    if stack.loki is None or not stack.loki.periods or not buckets:
        return
    on_disk = any(place.bucket is None for place in stack.loki.places)
    first_path, first = next(iter(buckets.items()))
    whose = ".".join(map(str, first_path))
    for path, bucket in buckets.items():
        # Of two endpoints that differ the rule for all buckets speaks.
        if (bucket.endpoint is None) != (first.endpoint is None):
            problem = (
                f"is {bucket.endpoint or 'missing'}, another storage than that of {whose}; the pod can ask only one"
            )
            yield Mistake((*path, "endpoint"), problem, f"write what {whose} has")
        elif bucket.is_made != first.is_made:
            problem = (
                f"is of a bucket that the platform {'makes' if bucket.is_made else 'does not make'}, unlike {whose}"
            )
            yield Mistake(
                (*path, "made"), problem, "let the platform make all of Loki's buckets or none: it has one role"
            )
        elif bucket.role_arn != first.role_arn:
            problem = f"is another role than that of {whose}, and the pod can take on only one"
            remedy = f"write {first.role_arn}, and let it read and write both buckets"
            if first.role_arn is None or bucket.role_arn is None:
                problem = f"is reached in another way than {whose}, one by a role and one by a key"
                remedy = "move to a bucket that is reached as that one is; the pod shows its key to all or to none"
            yield Mistake((*path, "roleArn"), problem, remedy)
        folder = FOLDER if on_disk else first.base_path
        if bucket.base_path != folder:
            holder = "its objects on the disk" if on_disk else whose
            problem = f"is {bucket.base_path}, but Loki has one folder for all its places, and {holder} has {folder}"
            yield Mistake((*path, "basePath"), problem, f"write {folder}")


LOKI_RULES: tuple[Rule, ...] = (
    _logs_have_a_place,
    _log_retention_can_be_enforced,
    _streams_are_of_different_logs,
    _logs_fit_their_disk,
    _lokis_folder_is_one_that_it_accepts,
    _periods_begin_one_after_the_other,
    _one_process_reaches_all_its_buckets,
)
