"""What may follow what in a Loki that has logs: of a day that has begun, they stay findable where they were written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from components.settings.quantities import Duration
from components.settings.transition import Finding, Texts, TransitionRule, named

LEAD = timedelta(hours=6)
"""How long before its day a new period must be declared: Loki has to run with it by then, and an update, the writing of
what is in memory and the reading of the log anew take their time. Logs written at the old place on a day of the new one
are found by nobody."""


def first_free_day(now: datetime) -> date:
    """The earliest day on which a new period may begin.

    Args:
        now: the present, in UTC.
    """
    return (now + LEAD).date() + timedelta(days=1)


@dataclass(frozen=True)
class _Period:
    key: str
    since: date
    place: str


def _logs_are_found_where_they_were_written(old: Texts, new: Texts) -> Iterator[Finding]:
    before, after = _periods(old), _periods(new)
    if not before or not after:
        return
    now = datetime.now(UTC)
    last, first = first_free_day(now) - timedelta(days=1), now.date() - _longest(old, new)
    told: set[str] = set()
    for day in sorted({first, last, *(one.since for one in (*before, *after) if first < one.since <= last)}):
        was, now_at = _at(day, before), _at(day, after)
        if was is None or was.key in told or (now_at is not None and now_at.place == was.place):
            continue
        told.add(was.key)
        there = "nowhere" if now_at is None else now_at.place
        problem = (
            f"changes from {was.place} to {there} for logs of {day}, which nobody would find any more, and nothing "
            "would delete them"
        )
        remedy = (
            "write what it was, and move logs to come with ./ballast move, or give up what lies there: "
            f"allowOrphaned: [{was.key}]"
        )
        yield was.key, problem, remedy


def _periods(texts: Texts) -> list[_Period]:
    found = []
    for pattern in ("loki.s3", "loki.periods.*"):
        for key in named(pattern, texts):
            since, _, place = texts[key].partition(" ")
            found.append(_Period(key, date.fromisoformat(since), place))
    return sorted(found, key=lambda period: period.since)


def _at(day: date, periods: list[_Period]) -> _Period | None:
    """The one that holds on a day."""
    return next((period for period in reversed(periods) if period.since <= day), None)


def _longest(*states: Texts) -> timedelta:
    """How long any log may be there, with a day for what is deleted late."""
    patterns = ("loki.retention", "loki.streams.*.retention")
    spans = [Duration.parse(texts[key]) for texts in states for pattern in patterns for key in named(pattern, texts)]
    return timedelta(seconds=max(spans, default=0), days=1)


LOKI_TRANSITIONS: tuple[TransitionRule, ...] = (_logs_are_found_where_they_were_written,)
