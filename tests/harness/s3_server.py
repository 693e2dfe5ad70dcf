"""A server on loopback that speaks S3, and what a job's environment says about it."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION = "eu-central-1"
IDENTITY = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "of a server on loopback"}


@dataclass(frozen=True)
class S3:
    """A running server with one bucket.

    Attributes:
        endpoint: its URL.
        bucket: name of the bucket.
        client: boto3's own client, past the jobs'.
    """

    endpoint: str
    bucket: str
    client: Any


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Run the server; yields its URL."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    with serving() as endpoint:
        yield endpoint


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    """A bucket that is empty at first."""
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    client = boto3.session.Session().client("s3", region_name=REGION, endpoint_url=s3_server)
    client.create_bucket(Bucket="snapshots", CreateBucketConfiguration={"LocationConstraint": REGION})
    yield S3(s3_server, "snapshots", client)
    for one in client.list_objects_v2(Bucket="snapshots").get("Contents", []):
        client.delete_object(Bucket="snapshots", Key=one["Key"])
    client.delete_bucket(Bucket="snapshots")
