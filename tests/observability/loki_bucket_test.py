"""Loki with a bucket and no stored key: it shows its token to the token service, and logs outlive its disk.

The bucket and the token service are a server on loopback; only their addresses differ from what is rendered.
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pytest

from tests.harness.loki import impatient, loki_settings, record, running
from tests.harness.s3_server import S3, s3, s3_server

__all__ = ["s3", "s3_server"]

pytestmark = pytest.mark.programs

FETCH_SECONDS = 30
"""How long a Loki with an empty disk may take to fetch its index."""


@pytest.fixture
def identity(s3: S3, tmp_path, monkeypatch):
    """What a pod with the role has, and nothing else that could open the bucket."""
    token = tmp_path / "token"
    token.write_text("a token of the service account")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/acme-prod-logs")
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "ballast-loki")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    return s3


def test_a_log_in_the_bucket_is_found_by_a_loki_with_another_disk(identity: S3, tmp_path):
    bucket = loki_settings("prod").s3
    assert bucket is not None
    settings = loki_settings("prod", s3=bucket.model_copy(update={"bucket": identity.bucket}))

    def nearby(configuration):
        impatient(configuration)
        configuration["storage_config"]["object_store"]["s3"] |= {
            "endpoint": urlsplit(identity.endpoint).netloc,
            "insecure": True,
            "sts_endpoint": identity.endpoint,
        }

    now = time.time()
    disks = [tmp_path / "first", tmp_path / "second"]
    for disk in disks:
        disk.mkdir()
    with running(settings, disks[0], nearby) as loki:
        assert loki.push({"service.name": "shop"}, record("order placed", at=now - 1))[0] == 204
    names = [entry["Key"] for entry in identity.client.list_objects_v2(Bucket=identity.bucket)["Contents"]]
    assert {name.split("/")[0] for name in names} == {bucket.base_path}
    with running(settings, disks[1], nearby) as loki:
        deadline = time.monotonic() + FETCH_SECONDS
        while not (found := loki.query('{service_name="shop"}', since=now - 60)):
            assert time.monotonic() < deadline, "the log is in the bucket and not found"
            time.sleep(0.2)
        assert [line for stream in found for _, line in stream["values"]] == ["order placed"]
