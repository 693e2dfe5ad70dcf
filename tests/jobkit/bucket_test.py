from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from components.foundation.jobkit import bucket as buckets
from components.foundation.jobkit.archives import opened
from components.foundation.jobkit.bucket import Bucket
from components.foundation.jobkit.config import BucketArchive
from components.foundation.jobkit.errors import JobError
from components.stores.qdrant.jobs.config import SnapshotConfig
from tests.harness.certificates import Authority, server_context
from tests.harness.json_server import JsonServer, Request
from tests.harness.s3_server import IDENTITY, REGION, S3, serving
from tests.harness.told import told
from toolchain import ports

ROOT = Path(__file__).resolve().parents[2]
PART = 5 * 1024 * 1024
"""The smallest part that S3 takes."""


class Refusing:
    """A server that says no to everybody."""

    def answer(self, request: Request) -> tuple[int, object]:
        return 403, f"<Error><Code>AccessDenied</Code><Message>no {request.method}</Message></Error>"


def test_a_large_file_goes_in_parts_and_arrives_whole(bucket: Bucket, s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "PART", PART)
    content = b"0123456789abcdef" * (PART // 16) * 2 + b"the rest"
    stored = bucket.put("sets/1/large", io.BytesIO(content))
    assert stored.size == len(content)
    assert bucket.read("sets/1/large") == content
    # S3 writes the number of parts at the end of the tag.
    assert s3.client.head_object(Bucket=s3.bucket, Key="qdrant/sets/1/large")["ETag"].endswith('-3"')


def test_parts_that_a_killed_job_left_go_with_their_folder(bucket: Bucket, s3: S3) -> None:
    for key in ("qdrant/sets/1/large", "qdrant/sets/10/large"):
        s3.client.create_multipart_upload(Bucket=s3.bucket, Key=key)
    bucket.delete("sets/1")
    uploads = s3.client.list_multipart_uploads(Bucket=s3.bucket)["Uploads"]
    assert [upload["Key"] for upload in uploads] == ["qdrant/sets/10/large"]


def test_a_store_sees_only_its_own_folder_of_the_bucket(bucket: Bucket, s3: S3) -> None:
    s3.client.put_object(Bucket=s3.bucket, Key="qdrant-of-another/sets/1/a", Body=b"")
    bucket.write("sets/1/a", b"")
    assert bucket.names() == ["sets/1/a"]
    assert Bucket(s3.bucket, "", REGION, s3.endpoint).names() == ["qdrant-of-another/sets/1/a", "qdrant/sets/1/a"]


def test_refused_credentials_are_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    with JsonServer(Refusing()) as server:
        bucket = Bucket("snapshots", "", REGION, server.url)
        for act in (bucket.names, lambda: bucket.write("a", b"x"), lambda: bucket.read("a")):
            with pytest.raises(JobError, match=r"^the bucket snapshots at .* refused the credentials at \S+ \(AccessD"):
                act()


def test_a_pod_without_a_role_is_told_so(s3: S3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in IDENTITY:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(JobError, match="there are no credentials"):
        Bucket(s3.bucket, "", REGION, s3.endpoint).names()
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/snapshots")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "absent"))
    with pytest.raises(JobError, match="there are no credentials"):
        Bucket(s3.bucket, "", REGION, s3.endpoint).names()


def test_the_role_of_the_service_account_is_taken_on(s3: S3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in IDENTITY:
        monkeypatch.delenv(name)
    (tmp_path / "token").write_text("a token of the service account")
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/snapshots")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", s3.endpoint)
    bucket = Bucket(s3.bucket, "", REGION, s3.endpoint)
    bucket.write("a", b"x")
    assert bucket.names() == ["a"]


def test_a_bucket_that_does_not_exist_is_named(s3: S3) -> None:
    with pytest.raises(JobError, match=r"^the bucket absent at .* does not exist\."):
        Bucket("absent", "", REGION, s3.endpoint).write("a", b"x")


def test_an_endpoint_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    endpoint = f"http://127.0.0.1:{ports.pick(1)[0]}"
    with pytest.raises(JobError, match=r"^the bucket snapshots at .* can't be reached"):
        Bucket("snapshots", "", REGION, endpoint).names()


def test_an_endpoint_is_believed_that_the_given_authority_vouches_for_and_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    certificates = Authority().issue(tmp_path / "storage", "storage")
    with serving(server_context(certificates)) as endpoint:
        with pytest.raises(JobError, match=r"isn't trusted here .*objectStoreAuthority"):
            Bucket("of-an-authority", "", "us-east-1", endpoint).names()
        monkeypatch.setenv("AWS_CA_BUNDLE", str(certificates / "ca.crt"))
        bucket = Bucket("of-an-authority", "", "us-east-1", endpoint)
        bucket._client.create_bucket(Bucket="of-an-authority")
        bucket.write("a", b"content")
        assert bucket.read("a") == b"content"


def test_the_configuration_may_choose_a_bucket(s3: S3) -> None:
    told_of = told(SnapshotConfig, "qdrant-snapshots").snapshots.archive
    assert isinstance(told_of, BucketArchive)
    here = replace(told_of, bucket=s3.bucket, endpoint=s3.endpoint)
    assert opened(here) == Bucket(s3.bucket, "qdrant", "eu-central-1", s3.endpoint)


def test_an_image_without_boto3_names_the_one_to_build() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from components.foundation.jobkit.errors import JobError\n"
        "from components.foundation.jobkit.archives import opened\n"
        "from components.foundation.jobkit.config import BucketArchive\n"
        "try: opened(BucketArchive(bucket='b', prefix='', region='r'))\n"
        "except JobError as error: print(error)"
    )
    # -S: the interpreter sees no installed packages, like the stock image.
    command = [sys.executable, "-I", "-S", "-c", program, str(ROOT)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "images/jobs/Dockerfile" in ended.stdout
