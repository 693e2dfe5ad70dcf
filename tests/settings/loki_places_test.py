"""Periods of Loki, each rule of them broken once: one process reaches all its buckets, and a day lies in one place."""

import pytest

from components.observability.loki.settings import FIRST_DAY

LOGS = "ballast:loki"
SOON, LATER = "2027-01-31", "2027-02-28"
AT_AWS = ("roleArn: arn:aws:iam::111122223333:role/logs", "egressCidrs: [10.1.0.0/16]")
ELSEWHERE = ('endpoint: "https://s3.example.com"', "egressCidrs: [10.2.0.0/28]")
FAR = ('endpoint: "https://far.example.com"', "egressCidrs: [10.2.0.0/28]")
FIRST = f"    s3: {{bucket: acme-logs, region: eu-central-1, basePath: loki, {', '.join(ELSEWHERE)}}}\n"


def period(name, day, *bucket, folder="loki"):
    """A period as lines below `periods`; without anything of a bucket it lies on the disk."""
    given = ("bucket: acme-later-logs", "region: eu-central-1", f"basePath: {folder}", *bucket)
    inner = ("        s3:", *(f"          {line}" for line in given)) if bucket else ()
    return "".join(f"{line}\n" for line in (f"      {name}:", f'        from: "{day}"', *inner))


def periods(*texts, first=""):
    """The change of a stack file that puts periods into it, and a first bucket where it has none."""
    return [(f"  {LOGS}:\n", f"  {LOGS}:\n{first}    periods:\n{''.join(texts)}")]


BROKEN = {
    "at AWS and at another storage": (
        "dev",
        periods(period("a", SOON, *ELSEWHERE), period("b", LATER, *AT_AWS)),
        "b.s3.endpoint",
        "another storage than that of loki.periods.a.s3",
    ),
    "at two storages that are not AWS": (
        "dev",
        periods(period("a", SOON, *FAR), first=FIRST),
        "a.s3.endpoint",
        "write https://s3.example.com",
    ),
    "where two roles reach": ("prod", periods(period("a", SOON, *AT_AWS)), "a.s3.roleArn", "can take on only one"),
    "in two folders of buckets": (
        "dev",
        periods(period("a", SOON, *ELSEWHERE, folder="logs"), first=FIRST),
        "a.s3.basePath",
        "loki.s3 has loki",
    ),
    "from the disk to another folder": (
        "dev",
        periods(period("a", SOON, *ELSEWHERE, folder="logs")),
        "a.s3.basePath",
        "its objects on the disk has loki",
    ),
    "in two places on one day": (
        "dev",
        periods(period("a", SOON, *ELSEWHERE), period("b", SOON)),
        "b.from",
        "logs of a day lie in one place",
    ),
    "before there were any": ("dev", periods(period("a", FIRST_DAY, *ELSEWHERE)), "a.from", "write a later day"),
}


@pytest.mark.parametrize(("environment", "changes", "key", "words"), BROKEN.values(), ids=BROKEN)
def test_logs_cannot_lie_where_one_process_does_not_find_them(refused, environment, changes, key, words):
    assert words in refused(environment, changes, f"{LOGS}.periods.{key}")


@pytest.mark.parametrize(
    "changes",
    [
        periods(period("a", SOON, *ELSEWHERE), period("b", LATER)),
        periods(period("a", SOON, *ELSEWHERE), first=FIRST),
        periods(period("a", SOON, *AT_AWS)),
    ],
)
def test_what_one_process_reaches_is_accepted(mistakes, changes):
    assert mistakes("dev", *changes) == {}
