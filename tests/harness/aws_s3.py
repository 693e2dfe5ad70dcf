"""Buckets and their settings, made, read, changed and ended by boto3."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Inputs = Mapping[str, Any]
    Clients = Callable[[str], Any]

SPELLED = {"Id": "ID", "SseAlgorithm": "SSEAlgorithm", "KmsMasterKeyId": "KMSMasterKeyID"}
SPELLED |= {"ReplicaKmsKeyId": "ReplicaKmsKeyID"}
"""Names that S3 spells otherwise than the provider, but for the first letter."""

GONE = ("NoSuch", "NotFound", "ServerSideEncryptionConfigurationNotFoundError", "404", "OwnershipControlsNotFoundError")


@dataclass(frozen=True)
class Made:
    """What is known of a resource once it is there."""

    identity: str
    outputs: Mapping[str, Any]


@dataclass(frozen=True)
class S3Setting:
    """A setting of a bucket, which S3 takes as a whole.

    Attributes:
        name: in names of operations: `put_NAME`, `get_NAME`, `delete_NAME`.
        field: the parameter that holds it.
        write: makes that of inputs.
        read: makes inputs of an answer.
        ends: whether it can be taken away.
    """

    name: str
    field: str
    write: Callable[[Inputs], Any]
    read: Callable[[Mapping[str, Any]], Inputs]
    ends: bool = True

    def make(self, clients: Clients, inputs: Inputs) -> Made:
        self.change(clients, inputs["bucket"], inputs)
        return Made(inputs["bucket"], {})

    def find(self, clients: Clients, identity: str, inputs: Inputs) -> Inputs | None:  # noqa: ARG002 - of all kinds
        with unless_gone():
            return {"bucket": identity, **self.read(getattr(clients("s3"), f"get_{self.name}")(Bucket=identity))}
        return None

    def change(self, clients: Clients, identity: str, inputs: Inputs) -> None:
        getattr(clients("s3"), f"put_{self.name}")(**{"Bucket": identity, self.field: self.write(inputs)})

    def end(self, clients: Clients, identity: str, inputs: Inputs) -> None:  # noqa: ARG002 - of all kinds
        if self.ends:
            getattr(clients("s3"), f"delete_{self.name.removesuffix('_configuration')}")(Bucket=identity)


class Bucket:
    """A bucket, which stands in the region of its client."""

    def make(self, clients: Clients, inputs: Inputs) -> Made:
        s3 = clients("s3")
        where = {"LocationConstraint": s3.meta.region_name}
        s3.create_bucket(Bucket=inputs["bucket"], CreateBucketConfiguration=where)
        return Made(inputs["bucket"], {"arn": f"arn:aws:s3:::{inputs['bucket']}"})

    def find(self, clients: Clients, identity: str, inputs: Inputs) -> Inputs | None:
        with unless_gone():
            clients("s3").head_bucket(Bucket=identity)
            # Whoever takes one over has not yet said anything of it.
            return {"forceDestroy": False, **inputs, "bucket": identity}
        return None

    def change(self, clients: Clients, identity: str, inputs: Inputs) -> None:
        """Nothing of it alone can be changed but its tags."""

    def end(self, clients: Clients, identity: str, inputs: Inputs) -> None:  # noqa: ARG002 - of all kinds
        clients("s3").delete_bucket(Bucket=identity)


@contextlib.contextmanager
def unless_gone() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if not any(word in error.response["Error"]["Code"] for word in GONE):
            raise


def _pascal(value: Any) -> Any:
    if isinstance(value, dict):
        named = {f"{key[0].upper()}{key[1:]}": _pascal(inner) for key, inner in value.items()}
        return {SPELLED.get(key, key): inner for key, inner in named.items()}
    return [_pascal(inner) for inner in value] if isinstance(value, list) else _whole(value)


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        back = {spelled: plain for plain, spelled in SPELLED.items()}
        named = {back.get(key, key): _camel(inner) for key, inner in value.items()}
        return {f"{key[0].lower()}{key[1:]}": inner for key, inner in named.items()}
    return [_camel(inner) for inner in value] if isinstance(value, list) else value


def _whole(value: Any) -> Any:
    """The engine hands over numbers with a point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _lock_time(retention: Mapping[str, Any]) -> Any:
    """moto says no years beside the days."""
    return _camel({name: value for name, value in retention.items() if value})


def _but_bucket(inputs: Inputs) -> Any:
    return _pascal({key: value for key, value in inputs.items() if key != "bucket"})


PUBLIC, OWNER, ENCRYPTION = (
    "PublicAccessBlockConfiguration",
    "OwnershipControls",
    "ServerSideEncryptionConfiguration",
)
LOCK, COPIES = "ObjectLockConfiguration", "ReplicationConfiguration"

BUCKET_SETTINGS = {
    "BucketPublicAccessBlock": S3Setting(
        "public_access_block", PUBLIC, _but_bucket, lambda answer: _camel(answer[PUBLIC])
    ),
    "BucketOwnershipControls": S3Setting(
        "bucket_ownership_controls",
        OWNER,
        lambda inputs: {"Rules": [_pascal(inputs["rule"])]},
        lambda answer: {"rule": _camel(answer[OWNER]["Rules"][0])},
    ),
    "BucketVersioning": S3Setting(
        "bucket_versioning",
        "VersioningConfiguration",
        lambda inputs: _pascal(inputs["versioningConfiguration"]),
        lambda answer: {"versioningConfiguration": {"status": answer.get("Status", "Disabled")}},
        ends=False,
    ),
    "BucketServerSideEncryptionConfiguration": S3Setting(
        "bucket_encryption", ENCRYPTION, _but_bucket, lambda answer: _camel(answer[ENCRYPTION])
    ),
    "BucketLifecycleConfiguration": S3Setting(
        "bucket_lifecycle_configuration",
        "LifecycleConfiguration",
        _but_bucket,
        lambda answer: {"rules": _camel(answer["Rules"])},
    ),
    "BucketObjectLockConfiguration": S3Setting(
        "object_lock_configuration",
        LOCK,
        lambda inputs: {"ObjectLockEnabled": "Enabled", "Rule": _pascal(inputs["rule"])},
        lambda answer: {"rule": {"defaultRetention": _lock_time(answer[LOCK]["Rule"]["DefaultRetention"])}},
        ends=False,
    ),
    "BucketPolicy": S3Setting(
        "bucket_policy", "Policy", lambda inputs: inputs["policy"], lambda answer: {"policy": answer["Policy"]}
    ),
}

REPLICATION = S3Setting("bucket_replication", COPIES, _but_bucket, lambda answer: _camel(answer[COPIES]))
"""After the role that S3 takes on for it."""
