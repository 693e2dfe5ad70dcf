"""Where data lies: a change of it is refused at its key, by the record and by `check FILE --since OLDFILE`."""

from __future__ import annotations

import re

import pytest

from components.observability.loki.settings import FIRST_DAY
from components.settings.bucket import BucketSettings
from components.settings.fields import fields
from components.settings.markers import Comparison, Recorded
from components.settings.recorded_state import may_be_given_up, recorded_field
from components.settings.stack import StackSettings

from .since_test import check
from .transitions_test import DEPLOYED, PROD, step

PLACES = {
    "opensearch.snapshots",
    "qdrant.snapshots",
    "chroma.snapshots",
    "volumes.knowledge.snapshots",
    "loki.s3",
    "tempo.s3",
}
LATER = "loki.periods.*"
"""Places of logs from a later day on; no stack file has one."""


@pytest.mark.parametrize("before", ["s3://acme-old/folder in eu-central-1", "volume", "disk"])
@pytest.mark.parametrize("place", sorted(PLACES))
def test_data_stays_where_it_is_unless_it_is_given_up(place, before):
    before_text = f"{FIRST_DAY} {before}" if place == "loki.s3" else before
    found = step({place: before_text}, {})
    assert list(found) == [f"ballast:{place}"]
    problem, remedy = found[f"ballast:{place}"]
    assert f"from {before} to s3://" in problem
    assert f"allowOrphaned: [{place}]" in remedy
    assert step({place: before_text}, {"allowOrphaned": place}) == {}


def test_every_bucket_of_a_stack_is_a_recorded_place():
    buckets = [field.path for field in fields(StackSettings) if issubclass(field.section or object, BucketSettings)]
    assert len(buckets) == len({*PLACES, LATER})
    for path in buckets:
        above = [".".join(path[:length]) for length in range(1, len(path) + 1)]
        known = [found for key in above if (found := recorded_field(key)) is not None]
        compared = Comparison.PERIOD if path[0] == "loki" else Comparison.PLACE
        assert [one.recorded.compared for one in known] == [compared], path
    assert {key for deployed in DEPLOYED.values() for key in deployed if key in PLACES} == PLACES


def made_in(account: str) -> dict[str, str | None]:
    return {"aws.account": account}


def test_what_is_made_in_an_account_stays_there_unless_it_is_given_up():
    here, there = made_in("111122223333"), made_in("444455556666")
    assert list(step(here, there)) == ["ballast:aws.account"]
    assert list(step(here, {"aws.account": None})) == ["ballast:aws"]
    assert step(here, there | {"allowOrphaned": "aws.account"}) == {}
    assert step({"aws.account": None}, here) == {}


MADE = "qdrant.snapshots.s3.made"
GUARDS = {
    "aws.replicaRegion": "eu-west-1",
    "cluster.storageClass.made": "by the platform",
    MADE: "by the platform",
    f"{MADE}.replica": "acme-prod-copy",
    f"{MADE}.lock": "governance",
}


@pytest.mark.parametrize("key", GUARDS)
def test_what_guards_data_in_aws_is_added_freely_and_neither_goes_nor_changes_without_a_word(key):
    before = made_in("111122223333") | GUARDS
    section = f"ballast:{key}"
    assert step(made_in("111122223333"), before) == {}
    for after in (None, "another"):
        found = step(before, before | {key: after})
        assert list(found) == [section]
        problem, remedy = found[section]
        assert problem.startswith(f"changes from {GUARDS[key]} to {after or 'none'}: ")
        assert f"allowOrphaned: [{key}]" in remedy
        assert step(before, before | {key: after, "allowOrphaned": key}) == {}
    assert may_be_given_up(key)


def test_every_guard_of_data_in_aws_is_recorded_and_says_what_would_be_lost():
    guards = [
        found
        for field in fields(StackSettings)
        for found in field.info.metadata
        if isinstance(found, Recorded) and found.compared is Comparison.GUARD
    ]
    assert len(guards) == 2 + 3 * (len(PLACES) + 1)
    assert all(guard.guards for guard in guards)


def test_of_a_section_that_is_gone_or_elsewhere_only_that_is_said():
    before = made_in("111122223333") | GUARDS
    inner = dict.fromkeys((MADE, f"{MADE}.replica", f"{MADE}.lock"))
    assert list(step(before, before | inner)) == [f"ballast:{MADE}"]
    elsewhere = {"qdrant.snapshots": "s3://acme-other/qdrant in eu-central-1"}
    assert list(step(before, before | inner | elsewhere)) == ["ballast:qdrant.snapshots"]
    gone = {"aws.account": None, "aws.replicaRegion": None}
    assert list(step(before, before | gone)) == ["ballast:aws"]


def test_the_time_of_a_lock_gets_no_shorter_with_that_of_its_snapshots():
    locked = made_in("111122223333") | GUARDS
    shorter = locked | {"qdrant.recovery.retention": "14d"}
    found = step(locked, shorter)
    assert list(found) == ["ballast:qdrant.recovery.retention"]
    assert f"allowOrphaned: [{MADE}.lock]" in found["ballast:qdrant.recovery.retention"][1]
    assert step(locked, shorter | {"allowOrphaned": f"{MADE}.lock"}) == {}
    assert step(shorter, locked) == {}
    assert step({}, {"qdrant.recovery.retention": "14d"}) == {}, "without a lock the report and promotions judge it"


MOVED = {
    "another bucket of Loki": (("bucket: acme-prod-logs", "bucket: acme-prod-log"), "loki.s3"),
    "another folder of Tempo": (("basePath: tempo", "basePath: traces"), "tempo.s3"),
    "another folder of OpenSearch": (("basePath: opensearch", "basePath: search"), "opensearch.snapshots"),
    "another bucket of Qdrant": (
        ("bucket: acme-prod-qdrant-snapshots", "bucket: acme-prod-qdrant"),
        "qdrant.snapshots",
    ),
    "another folder of Chroma": (("basePath: chroma", "basePath: chroma2"), "chroma.snapshots"),
    "another folder of a volume": (("volumes/knowledge", "volumes/known"), "volumes.knowledge.snapshots"),
    "another class": (("{name: gp3-retain}", "{name: gp3}"), "cluster.storageClass.name"),
}


@pytest.mark.parametrize(("change", "key"), MOVED.values(), ids=MOVED)
def test_a_moved_place_of_data_is_refused_at_its_key(change, key, changed, older):
    before = older()
    result = check(changed("prod", change), "--since", before)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("Pulumi.prod.yaml: 1 mistake\n")
    assert f", ballast:{key}\n" in result.stderr
    assert "->" in result.stderr
    given_up = changed(
        "prod", change, ("  ballast:teardown:", f"  ballast:allowOrphaned: [{key}]\n  ballast:teardown:")
    )
    # A class is no place that a step leaves behind: the volumes stay what they are.
    assert (check(given_up, "--since", before).returncode == 0) == (key in PLACES)


def test_what_guards_data_is_given_up_with_its_store_alone():
    """A version, a size, a zone, a tier: without it a step that loses data would be taken without a word."""
    numbers = {key for key in PROD if key.endswith((".nodes", ".replicas"))}
    assert {key for key in PROD if may_be_given_up(key)} == PLACES | numbers
    assert all(may_be_given_up(section) for section in ("loki", "qdrant", "volumes.knowledge", "opensearch.pools.data"))


@pytest.mark.parametrize("program", ["loki", "tempo"])
def test_a_bucket_that_comes_or_goes_is_a_move(program, changed, older):
    # So little that the disk alone holds it.
    with_bucket = changed("prod").read_text().replace("dailyVolume: 5Gi", "dailyVolume: 100Mi")
    head, section = with_bucket.split(f"  ballast:{program}:\n")
    without = f"  ballast:{program}:\n".join((head, re.sub(r"    s3:.*\n(      .*\n)+", "", section, count=1)))
    for before, after in ((with_bucket, without), (without, with_bucket)):
        old, new = older(), changed("prod")
        old.write_text(before)
        new.write_text(after)
        result = check(new, "--since", old)
        assert result.stderr.startswith("Pulumi.prod.yaml: 1 mistake\n"), result.stderr
        assert f", ballast:{program}.s3\n" in result.stderr
        assert "disk" in result.stderr
