"""`./ballast move`: what it puts into a stack file, what `check` says of that, and what it refuses."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from components.observability.loki.transitions import first_free_day
from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from tests.harness.command import ballast
from tests.harness.declare import PROJECT

SOON = first_free_day(datetime.now(UTC)) + timedelta(days=1)
LATER = SOON + timedelta(days=5)
DEV_BUCKET = (
    *("--bucket", "acme-dev-logs", "--region", "eu-central-1", "--egress-cidr", "10.1.0.0/16"),
    *("--role-arn", "arn:aws:iam::111122223333:role/acme-dev-logs"),
)


@pytest.fixture
def folder(tmp_path):
    for file in PROJECT.glob("Pulumi.*.yaml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def move(folder, stack, *words, since=SOON):
    return ballast("move", stack, "loki", "--from", since, *words, "--project", folder)


def lies(folder, stack):
    loki = read_stack(folder / f"Pulumi.{stack}.yaml", SECRETS).loki
    assert loki is not None
    return [(place.since, place.bucket and place.bucket.bucket) for place in loki.places][1:]


@pytest.mark.parametrize(
    ("stack", "words", "bucket"),
    [("prod", ("--bucket", "acme-prod-logs-2"), "acme-prod-logs-2"), ("dev", DEV_BUCKET, "acme-dev-logs")],
)
def test_what_it_writes_is_a_step_that_may_follow_and_nothing_else_changes(folder, stack, words, bucket):
    file = folder / f"Pulumi.{stack}.yaml"
    before = file.read_text()
    shown = move(folder, stack, *words)
    assert (shown.returncode, file.read_text()) == (0, before), "without --write it only shows"
    written = move(folder, stack, *words, "--write")
    assert (written.returncode, written.stderr) == (0, "")
    after = file.read_text().splitlines()
    added = [line[1:] for line in written.stdout.splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert set(added) <= set(shown.stdout.replace("\n+", "\n").splitlines())
    assert [line for line in after if line not in added] == [line for line in before.splitlines() if line not in added]
    assert lies(folder, stack) == [(str(SOON), bucket)]
    since = folder / "older.yaml"
    since.write_text(before)
    assert ballast("check", "--without-secrets", file, "--since", since).returncode == 0


def test_a_second_move_comes_after_the_first(folder):
    assert move(folder, "prod", "--bucket", "acme-a", "--write").returncode == 0
    assert move(folder, "prod", "--bucket", "acme-b", "--write", since=LATER).returncode == 0
    assert lies(folder, "prod") == [(str(SOON), "acme-a"), (str(LATER), "acme-b")]
    for since in (SOON, LATER):
        again = move(folder, "prod", "--bucket", "acme-c", "--write", since=since)
        assert (again.returncode, again.stdout) == (1, "")
        assert f"begins on {LATER} already" in again.stderr


def test_logs_may_move_back_to_where_they_were(folder):
    for since, bucket in ((SOON, "acme-a"), (LATER, "acme-prod-logs")):
        assert move(folder, "prod", "--bucket", bucket, "--write", since=since).stderr == ""
    assert lies(folder, "prod") == [(str(SOON), "acme-a"), (str(LATER), "acme-prod-logs")]


REFUSED = {
    "a day that has begun": ((("--bucket", "acme-a"), datetime.now(UTC).date()), 1, "too soon"),
    "no day": ((("--bucket", "acme-a"), "2027-02-30"), 2, "is no day"),
    "no place": (((), SOON), 2, "either --disk or --bucket"),
    "two places": ((("--disk", "--bucket", "acme-a"), SOON), 2, "either --disk or --bucket"),
    "a disk that is too small": ((("--disk",), SOON), 1, "takes a disk of"),
    "another folder": ((("--bucket", "acme-a", "--base-path", "logs"), SOON), 1, "one folder for all its places"),
    "another role": (
        (("--bucket", "acme-a", "--role-arn", "arn:aws:iam::111122223333:role/other"), SOON),
        1,
        "the pod can take on only one",
    ),
    "a bucket of another environment": (
        (("--bucket", "acme-shared"), SOON),
        1,
        "names what Pulumi.staging.yaml names at chroma.snapshots.s3.bucket",
    ),
    "a name that is none": ((("--bucket", "A"), SOON), 1, "S3 bucket name"),
}


@pytest.mark.parametrize(("asked", "code", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_written(asked, code, words, folder):
    staging = folder / "Pulumi.staging.yaml"
    staging.write_text(staging.read_text().replace("acme-staging-database-snapshots", "acme-shared"))
    before = (folder / "Pulumi.prod.yaml").read_bytes()
    options, since = asked
    result = move(folder, "prod", *options, "--write", since=since)
    assert (result.returncode, result.stdout) == (code, "")
    assert words in " ".join(result.stderr.split())
    assert (folder / "Pulumi.prod.yaml").read_bytes() == before


def test_a_loki_without_a_bucket_is_asked_for_all_of_it(folder):
    result = move(folder, "dev", "--bucket", "acme-dev-logs", "--write")
    assert (result.returncode, result.stdout) == (1, "")
    assert f"ballast:loki.periods.from-{SOON}.s3.region" in result.stderr
    assert lies(folder, "dev") == []


def test_a_bucket_at_another_storage_is_written_with_all_that_reaches_it(folder):
    there = ("--endpoint", "http://minio.storage.svc:9000", "--namespace", "storage")
    assert move(folder, "dev", "--bucket", "logs", "--region", "us-east-1", *there, "--write").stderr == ""
    loki = read_stack(folder / "Pulumi.dev.yaml", SECRETS).loki
    assert loki is not None
    (bucket,) = loki.buckets
    assert (bucket.host, bucket.namespace, bucket.role_arn) == ("minio.storage.svc:9000", "storage", None)
    # What reaches one bucket is taken over to the next at the same storage.
    assert move(folder, "dev", "--bucket", "more-logs", "--write", since=LATER).stderr == ""


def test_a_bucket_that_is_reached_by_a_key_is_no_place_to_move_to_from_one_with_a_role(folder):
    endpoint = ("--endpoint", "https://s3.example.com")
    result = move(folder, "prod", "--bucket", "acme-a", *endpoint, "--write")
    assert (result.returncode, result.stdout) == (1, "")
    assert "roleArn" in result.stderr


@pytest.mark.parametrize(
    ("program", "words"), [("tempo", "allowOrphaned: [tempo.s3]"), ("prometheus", "prometheus has nothing that moves")]
)
def test_what_has_one_place_only_is_not_moved_from_a_day_on(program, words, folder):
    result = ballast("move", "prod", program, "--from", SOON, "--disk", "--project", folder)
    assert (result.returncode, result.stdout) == (1, "")
    assert words in result.stderr
    assert "Nothing was written" in result.stderr
