"""A server on loopback that speaks S3, and what a job's environment says about it."""

from __future__ import annotations

import contextlib
import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ssl import SSLContext

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
def serving(context: SSLContext | None = None) -> Iterator[str]:
    """Run the server, with TLS where it is given what that needs; yields its URL."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=True, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http{'' if context is None else 's'}://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


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
