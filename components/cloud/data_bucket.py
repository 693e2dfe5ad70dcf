"""A bucket for the data of one program, with a key of its own."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_aws.s3 import (
    Bucket,
    BucketLifecycleConfiguration,
    BucketObjectLockConfiguration,
    BucketOwnershipControls,
    BucketPolicy,
    BucketPublicAccessBlock,
    BucketServerSideEncryptionConfiguration,
    BucketVersioning,
)

from components.cloud.keys import data_key
from components.cloud.policies import bucket_fence
from components.settings.recovery import DAY

if TYPE_CHECKING:
    from pulumi_aws.kms import Key

    from components.cloud.settings import AwsSettings
    from components.foundation.data_protection import DataProtection
    from components.settings.quantities import Duration


@dataclass(frozen=True, kw_only=True)
class DataBucketArgs:
    """What a bucket promises.

    Attributes:
        bucket: its name, which nobody else in the world has.
        aws: the account and region in which it is made.
        role: ARN of the only role that deletes there.
        recoverable_for: how long what was deleted or overwritten can be brought back.
        written_within: how long an upload may take at most; one that was begun earlier is nobody's.
        locked_for: how long S3 keeps each version from being deleted by anybody; None where it doesn't.
        protection: how it is kept.
    """

    bucket: str
    aws: AwsSettings
    role: str
    recoverable_for: Duration
    written_within: Duration
    locked_for: Duration | None
    protection: DataProtection


class DataBucket(ComponentResource):
    """A bucket that only its program deletes from, and that forgets nothing before its time.

    Its parts: a key, the bucket, and what holds for it: no public access, one owner, versions, encryption, a lifecycle
    and a policy. All of them are kept like the data: without one of them it would be less safe.
    """

    arn: str
    key_arn: Output[str]

    def __init__(self, name: str, args: DataBucketArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:cloud:DataBucket", name, None, opts)
        aws = args.aws
        kept = args.protection.retain(ResourceOptions(parent=self))
        self.arn = f"arn:{aws.partition}:s3:::{args.bucket}"
        key = data_key(name, f"Objects in {args.bucket}", aws=aws, kept=kept)
        self.key_arn = key.arn
        self._guarded(name, args, kept, key)
        self.register_outputs({"arn": self.arn, "keyArn": self.key_arn})

    def _guarded(self, name: str, args: DataBucketArgs, kept: ResourceOptions, key: Key) -> None:
        # The name is given: one that Pulumi makes up would be new with every replacement, and the data elsewhere.
        bucket = Bucket(name, bucket=args.bucket, force_destroy=False, opts=kept)
        private = BucketPublicAccessBlock(
            name,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=kept,
        )
        BucketOwnershipControls(name, bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=kept)
        versioned = BucketVersioning(
            name, bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=kept
        )
        BucketServerSideEncryptionConfiguration(
            name,
            bucket=bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": key.arn,
                    },
                    # Otherwise each object asks KMS by itself, which costs more than the object.
                    "bucket_key_enabled": True,
                }
            ],
            opts=kept,
        )
        BucketLifecycleConfiguration(
            name,
            bucket=bucket.bucket,
            rules=_lifecycle(args),
            opts=ResourceOptions.merge(kept, ResourceOptions(depends_on=[versioned])),
        )
        if args.locked_for is not None:
            # Beside the bucket, not on it: there a change of mind would replace the bucket.
            BucketObjectLockConfiguration(
                name,
                bucket=bucket.bucket,
                rule={"default_retention": {"mode": "GOVERNANCE", "days": _days(args.locked_for)}},
                opts=ResourceOptions.merge(kept, ResourceOptions(depends_on=[versioned])),
            )
        # Two changes of the access to a bucket at once are a conflict for S3.
        BucketPolicy(
            name,
            bucket=bucket.bucket,
            policy=key.arn.apply(lambda arn: json.dumps(bucket_fence(bucket=self.arn, key=arn, role=args.role))),
            opts=ResourceOptions.merge(kept, ResourceOptions(depends_on=[private])),
        )


def _lifecycle(args: DataBucketArgs) -> list[Any]:
    return [
        {
            "id": "unfinished-uploads",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abort_incomplete_multipart_upload": {"days_after_initiation": _days(args.written_within)},
        },
        {
            "id": "earlier-versions",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "noncurrent_version_expiration": {"noncurrent_days": _days(args.recoverable_for)},
            # What says that a file is deleted, once no version of it is left; no rule ends a current version.
            "expiration": {"expired_object_delete_marker": True},
        },
    ]


def _days(time: Duration) -> int:
    """Whole days, as S3 counts: at least one, and never less than the time."""
    return max(1, math.ceil(time / DAY))
