"""An archive in an S3 bucket; the only module of the jobs that needs more than the standard library.

The stock Python image has no boto3: jobs that write to S3 run in the image that `images/jobs/Dockerfile` builds.
Who we are comes from the pod's service account (AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE), or elsewhere than at AWS
from a key (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), never from a node.
"""

from __future__ import annotations

import contextlib
import io
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from components.foundation.jobkit.archive import BLOCK, Measured, Stored, checked
from components.foundation.jobkit.errors import JobError

try:
    import boto3
    from boto3.exceptions import Boto3Error
    from boto3.s3.transfer import TransferConfig
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoCredentialsError, SSLError
except ImportError:
    raise JobError(
        "this image has no boto3, so no bucket can be reached. "
        "Build images/jobs/Dockerfile and name it in the stack file."
    ) from None

if TYPE_CHECKING:
    from collections.abc import Iterator

PART = 64 * 1024 * 1024
"""Bytes of one part: S3 takes 10,000 parts, so files of 640 GB fit; one part at a time is held in memory."""

CONNECT_SECONDS = 5
READ_SECONDS = 60
ATTEMPTS = 3

_DENIED = frozenset({"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken",
                     "InvalidIdentityToken", "ExpiredTokenException", "403"})  # fmt: skip
_ABSENT = frozenset({"NoSuchKey", "404"})


@dataclass(frozen=True)
class Bucket:
    """An archive in a bucket.

    Attributes:
        bucket: its name.
        prefix: the folder in it that belongs to this store; empty for the whole bucket.
        region: its AWS region.
        endpoint: another server that speaks S3, or None for AWS.
    """

    bucket: str
    prefix: str
    region: str
    endpoint: str | None = None
    _client: Any = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the client; it asks for nothing yet."""
        # A pod without a role of its own must fail rather than borrow that of the node it happens to run on.
        os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            # Other servers that speak S3 know buckets by path only.
            s3={"addressing_style": "path"} if self.endpoint else {},
        )
        with self._explained("."):
            client = boto3.session.Session().client(
                "s3", region_name=self.region, endpoint_url=self.endpoint, config=config
            )
        object.__setattr__(self, "_client", client)

    def put(self, path: str, source: BinaryIO) -> Stored:
        """Send a file, in parts when it is large; S3 shows it only when all of it has arrived.

        Raises:
            JobError: the bucket refused or can't be reached; parts that were sent are taken back.
        """
        measured = Measured(source)
        # Threads would each hold a part in memory, and a pod's limit is small.
        config = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, use_threads=False)
        with self._explained(path):
            self._client.upload_fileobj(measured, self.bucket, self._key(path), Config=config)
        return measured.stored

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[BinaryIO]:
        """Open a file for reading.

        Raises:
            JobError: there is none, or it can't be read.
        """
        with self._explained(path):
            body = self._client.get_object(Bucket=self.bucket, Key=self._key(path))["Body"]
        with contextlib.closing(body):
            yield io.BufferedReader(_Explained(self, path, body), BLOCK)

    def read(self, path: str) -> bytes:
        """Return a small file."""
        with self.open(path) as file:
            return file.read()

    def write(self, path: str, content: bytes) -> Stored:
        """Keep a small file."""
        return self.put(path, io.BytesIO(content))

    def names(self, prefix: str = "") -> list[str]:
        """Return the sorted paths of all files below a folder, or of a single file."""
        start = self._key(prefix) if prefix else self.prefix
        keys = self._listed("list_objects_v2", "Contents", start, prefix or ".")
        skipped = len(self.prefix) + 1 if self.prefix else 0
        return sorted(one["Key"][skipped:] for one in keys)

    def size(self, path: str) -> int:
        """Return the bytes of a file."""
        with self._explained(path):
            return self._client.head_object(Bucket=self.bucket, Key=self._key(path))["ContentLength"]

    def delete(self, prefix: str) -> None:
        """Delete a file or a folder, with the parts that an interrupted job left in it."""
        start = self._key(prefix)
        for upload in self._listed("list_multipart_uploads", "Uploads", start, prefix):
            with self._explained(prefix):
                self._client.abort_multipart_upload(Bucket=self.bucket, Key=upload["Key"], UploadId=upload["UploadId"])
        for one in self._listed("list_objects_v2", "Contents", start, prefix):
            with self._explained(prefix):
                self._client.delete_object(Bucket=self.bucket, Key=one["Key"])

    def _listed(self, operation: str, field_: str, start: str, shown: str) -> list[dict[str, Any]]:
        """Return what lies at a key or below it as a folder; S3 itself knows only beginnings of names."""
        with self._explained(shown):
            pages = self._client.get_paginator(operation).paginate(Bucket=self.bucket, Prefix=start)
            found = [one for page in pages for one in page.get(field_, [])]
        return [one for one in found if not start or one["Key"] == start or one["Key"].startswith(f"{start}/")]

    def _key(self, path: str) -> str:
        return f"{self.prefix}/{checked(path)}" if self.prefix else checked(path)

    @contextlib.contextmanager
    def _explained(self, path: str) -> Iterator[None]:
        where = f"the bucket {self.bucket} at {self.endpoint or self.region}"
        try:
            yield
        except (NoCredentialsError, FileNotFoundError):
            raise JobError(
                f"{where}: there are no credentials. The pod's service account must carry the role that may use it, "
                "or the stack file the key of its endpoint."
            ) from None
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _DENIED:
                message = (
                    f"{where} refused the credentials at {path} ({code}). "
                    "The job's role, or its key, must be allowed to read, write, list and delete there."
                )
            elif code == "NoSuchBucket":
                message = f"{where} does not exist. Create it, or correct its name in the stack file."
            elif code in _ABSENT:
                message = f"{where} holds no file {path}."
            else:
                message = f"{where} refused {path}: {error}"
            raise JobError(message) from None
        except SSLError as error:
            raise JobError(
                f"{where} shows a certificate that isn't trusted here ({error}). Where an authority of your own signed "
                "it, ballast:objectStoreAuthority holds that authority's certificate."
            ) from None
        except (BotoCoreError, Boto3Error, HTTPClientError) as error:
            raise JobError(
                f"{where} can't be reached ({error}). The network policy must let the job through to it."
            ) from None


class _Explained(io.RawIOBase):
    """The body of an object; a connection that breaks is told as any other failure of the archive."""

    def __init__(self, bucket: Bucket, path: str, body: Any) -> None:  # noqa: ANN401 - boto3 has no types
        super().__init__()
        self._bucket, self._path, self._body = bucket, path, body

    def readable(self) -> bool:
        """Return True; without it nothing would read from here."""
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 - as the base's
        """Fill the buffer as far as the next block goes."""
        with self._bucket._explained(self._path):  # noqa: SLF001 - one thing in two classes
            block = self._body.read(len(buffer))
        buffer[: len(block)] = block
        return len(block)
