"""A bucket for the snapshots of one store, with a key of its own."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_aws.kms import Key
from pulumi_aws.s3 import (
    Bucket,
    BucketLifecycleConfiguration,
    BucketOwnershipControls,
    BucketPolicy,
    BucketPublicAccessBlock,
    BucketServerSideEncryptionConfiguration,
    BucketVersioning,
)

from components.cloud.policies import bucket_fence, key_policy
from components.settings.recovery import DAY

if TYPE_CHECKING:
    from components.cloud.settings import AwsSettings
    from components.foundation.data_protection import DataProtection
    from components.settings.quantities import Duration
    from components.settings.snapshots import RecoverySettings

KEY_DELETION_DAYS = 30
"""The longest that KMS lets somebody change their mind."""


@dataclass(frozen=True, kw_only=True)
class SnapshotBucketArgs:
    """What a bucket promises.

    Attributes:
        bucket: its name, which nobody else in the world has.
        aws: the account and region in which it is made.
        recovery: what the store promises.
        recoverable_for: how long at least what was deleted or overwritten can be brought back.
        protection: how it is kept.
    """

    bucket: str
    aws: AwsSettings
    recovery: RecoverySettings
    recoverable_for: Duration
    protection: DataProtection


class SnapshotBucket(ComponentResource):
    """A bucket that only its store deletes from, and that forgets nothing before its time.

    Its parts: a key, the bucket, and what holds for it: no public access, one owner, versions, encryption, a lifecycle
    and a policy. All of them are kept like the data: without one of them it would be less safe.
    """

    arn: str
    key_arn: Output[str]

    def __init__(self, name: str, args: SnapshotBucketArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:cloud:SnapshotBucket", name, None, opts)
        aws = args.aws
        kept = args.protection.retain(ResourceOptions(parent=self))
        self.arn = f"arn:{aws.partition}:s3:::{args.bucket}"
        key = Key(
            name,
            description=f"Snapshots in {args.bucket}",
            enable_key_rotation=True,
            deletion_window_in_days=KEY_DELETION_DAYS,
            policy=json.dumps(key_policy(partition=aws.partition, account=aws.account)),
            opts=kept,
        )
        self.key_arn = key.arn
        self._guarded(name, args, kept, key)
        self.register_outputs({"arn": self.arn, "keyArn": self.key_arn})

    def _guarded(self, name: str, args: SnapshotBucketArgs, kept: ResourceOptions, key: Key) -> None:
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
        # Two changes of the access to a bucket at once are a conflict for S3.
        BucketPolicy(
            name,
            bucket=bucket.bucket,
            policy=key.arn.apply(
                lambda arn: json.dumps(bucket_fence(bucket=self.arn, key=arn, role=args.aws.role_arn(args.bucket)))
            ),
            opts=ResourceOptions.merge(kept, ResourceOptions(depends_on=[private])),
        )


def _lifecycle(args: SnapshotBucketArgs) -> list[Any]:
    return [
        {
            "id": "unfinished-uploads",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abort_incomplete_multipart_upload": {"days_after_initiation": unfinished_upload_days(args)},
        },
        {
            "id": "earlier-versions",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "noncurrent_version_expiration": {"noncurrent_days": earlier_version_days(args)},
            # What says that a file is deleted, once no version of it is left; no rule ends a current version.
            "expiration": {"expired_object_delete_marker": True},
        },
    ]


def earlier_version_days(args: SnapshotBucketArgs) -> int:
    """Return how many days versions stay that were deleted or overwritten: all that a snapshot might be restored by."""
    return math.ceil(max(args.recovery.retention, args.recoverable_for) / DAY)


def unfinished_upload_days(args: SnapshotBucketArgs) -> int:
    """Return after how many days an upload that nobody completed is none: a snapshot that takes as long is too late."""
    return max(1, math.ceil(args.recovery.recovery_point / DAY))
