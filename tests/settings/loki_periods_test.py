"""Logs that are moved from a coming day on: what may follow what, by the days of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.observability.loki.settings import FIRST_DAY
from components.observability.loki.transitions import LEAD, first_free_day

from .transitions_test import step

KEPT = 90
"""Days that the longest stream of prod is kept."""
OLD, NEW, THIRD = (f"s3://acme-{name}/loki in eu-central-1" for name in ("old", "new", "third"))


def day(offset: int) -> str:
    """A day counted from today; what is tried lies far enough from midnight and from the lead before it."""
    return str((datetime.now(UTC) + timedelta(days=offset)).date())


def logs(first: str, *later: tuple[int, str]) -> dict[str, str | None]:
    periods = {f"loki.periods.p{number}": f"{day(offset)} {place}" for number, (offset, place) in enumerate(later)}
    return {"loki.s3": f"{FIRST_DAY} {first}", **periods}


ALLOWED = {
    "a period to come": (logs(OLD), logs(OLD, (3, NEW))),
    "from the disk to a bucket": (logs("disk"), logs("disk", (3, NEW))),
    "another after one that has begun": (logs(OLD, (-9, NEW)), logs(OLD, (-9, NEW), (3, THIRD))),
    "one to come is put off": (logs(OLD, (3, NEW)), logs(OLD, (9, NEW))),
    "one to come is dropped": (logs(OLD, (3, NEW)), logs(OLD)),
    "one to come goes elsewhere": (logs(OLD, (3, NEW)), logs(OLD, (3, THIRD))),
    "an old place of which all logs are gone": (logs(OLD, (-KEPT - 9, NEW)), logs(NEW)),
    "one of three of which all logs are gone": (
        logs(OLD, (-KEPT - 99, NEW), (-KEPT - 9, THIRD)),
        logs(THIRD),
    ),
}


@pytest.mark.parametrize(("before", "after"), ALLOWED.values(), ids=ALLOWED)
def test_what_leaves_every_log_where_it_is_looked_for_may_follow(before, after):
    assert step(before, after | dict.fromkeys(before.keys() - after.keys())) == {}


REFUSED = {
    "a period that begins today": (logs(OLD), logs(OLD, (0, NEW)), "loki.s3"),
    "a period that began yesterday": (logs(OLD), logs(OLD, (-1, NEW)), "loki.s3"),
    "one that has begun is dropped": (logs(OLD, (-9, NEW)), logs(OLD), "loki.periods.p0"),
    "one that has begun goes elsewhere": (logs(OLD, (-9, NEW)), logs(OLD, (-9, THIRD)), "loki.periods.p0"),
    "one that has begun is put off": (logs(OLD, (-9, NEW)), logs(OLD, (-2, NEW)), "loki.periods.p0"),
    "one that has begun is dated back": (logs(OLD, (-9, NEW)), logs(OLD, (-20, NEW)), "loki.s3"),
    "an old place whose logs are still kept": (logs(OLD, (-KEPT + 9, NEW)), logs(NEW), "loki.s3"),
    "the first place moved at once": (logs(OLD), logs(NEW), "loki.s3"),
}


@pytest.mark.parametrize(("before", "after", "key"), REFUSED.values(), ids=REFUSED)
def test_what_would_hide_logs_is_refused_at_the_place_that_has_them(before, after, key):
    after = after | dict.fromkeys(before.keys() - after.keys())
    found = step(before, after)
    assert list(found) == [f"ballast:{key}"]
    problem, remedy = found[f"ballast:{key}"]
    assert "nobody would find" in problem
    assert "./ballast move" in remedy
    assert f"allowOrphaned: [{key}]" in remedy


def test_a_shorter_retention_in_the_same_step_frees_no_place():
    before, after = logs(OLD, (-20, NEW)), logs(NEW) | {"loki.periods.p0": None}
    short = {"loki.retention": "7d", "loki.streams.opensearch.retention": "7d"}
    assert list(step(before, after | short)) == ["ballast:loki.s3"]
    assert step(before | short, after | short) == {}


PLACES = st.sampled_from([OLD, NEW, THIRD, "disk"])
PERIODS = st.lists(st.tuples(st.integers(-150, 30), PLACES), max_size=4, unique_by=lambda one: one[0])


@given(first=PLACES, later=PERIODS, other=PLACES, others=PERIODS)
def test_a_step_is_refused_exactly_if_a_kept_log_would_be_looked_for_elsewhere(first, later, other, others):
    def where(offset, place, periods):
        begun = [one for one in sorted(periods) if one[0] <= offset]
        return begun[-1][1] if begun else place

    last = (first_free_day(datetime.now(UTC)) - datetime.now(UTC).date()).days - 1
    kept = range(-KEPT - 1, last + 1)
    hidden = any(where(at, first, later) != where(at, other, others) for at in kept)
    before, after = logs(first, *later), logs(other, *others)
    assert bool(step(before, after | dict.fromkeys(before.keys() - after.keys()))) == hidden


def test_a_day_is_free_only_while_an_update_still_comes_before_it():
    midnight = datetime(2027, 1, 31, tzinfo=UTC)
    assert str(first_free_day(midnight - LEAD - timedelta(minutes=1))) == "2027-01-31"
    assert str(first_free_day(midnight - LEAD)) == "2027-02-01"
