"""A copy of a bucket in another region, which S3 itself writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_aws.s3 import BucketReplicationConfig

from components.cloud.data_bucket import DataBucket
from components.cloud.replication import replication_rights, replication_trust
from components.cloud.roles import RoleArgs, role_with_policy

if TYPE_CHECKING:
    from pulumi import ProviderResource
    from pulumi_aws.iam import Role

    from components.cloud.data_bucket import DataBucketArgs
    from components.cloud.settings import AwsSettings

MINUTES = 15
"""The only time for which S3 gives its word (replication time control), and after which a copy is counted as late."""


@dataclass(frozen=True, kw_only=True)
class ReplicaArgs:
    """What is copied, and where to.

    Attributes:
        source: the bucket.
        source_name: its name.
        replica: the bucket with the copies; its role is the one that S3 takes on.
        aws: the account, with the region of the source.
        provider: of the other region.
    """

    source: DataBucket
    source_name: str
    replica: DataBucketArgs
    aws: AwsSettings
    provider: ProviderResource


class Replica(ComponentResource):
    """A bucket with a key of its own in another region, and the rule by which S3 copies everything there.

    What the program deletes is marked as deleted in the copy too, where its versions stay as long as in the source:
    otherwise the copy would only grow, and an age says of no file that no snapshot needs it. Versions that are deleted
    in the source stay in the copy whatever happens.
    """

    def __init__(self, name: str, args: ReplicaArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:cloud:Replica", name, None, opts)
        child = ResourceOptions(parent=self)
        there = DataBucket(
            f"{name}-replica",
            args.replica,
            opts=ResourceOptions.merge(child, ResourceOptions(providers=[args.provider])),
        )
        role = self._role(name, args, there, child)
        BucketReplicationConfig(
            name,
            bucket=args.source_name,
            role=role.arn,
            rules=[_rule(there)],
            # Both buckets must have versions first, and S3 tries the role at once.
            opts=args.replica.protection.retain(
                ResourceOptions.merge(child, ResourceOptions(depends_on=[args.source, there]))
            ),
        )
        self.register_outputs({})

    @staticmethod
    def _role(name: str, args: ReplicaArgs, there: DataBucket, child: ResourceOptions) -> Role:
        access = Output.all(args.source.key_arn, there.key_arn).apply(
            lambda keys: json.dumps(
                replication_rights(
                    buckets=(args.source.arn, there.arn),
                    keys=(keys[0], keys[1]),
                    services=(args.aws.host("s3"), args.replica.aws.host("s3")),
                    locked=args.replica.locked_for is not None,
                )
            )
        )
        role, _ = role_with_policy(
            f"{name}-replication",
            RoleArgs(
                aws=args.aws,
                name=args.replica.bucket,
                description=f"S3 copies {args.source_name} to {args.replica.bucket}",
                trust=replication_trust(bucket=args.source.arn, account=args.aws.account),
                policy="replication",
                access=access,
                protection=args.replica.protection,
            ),
            child,
        )
        return role


def _rule(there: DataBucket) -> Any:  # noqa: ANN401 - as the SDK takes it
    return {
        "id": "everything",
        "priority": 0,
        "status": "Enabled",
        "filter": {"prefix": ""},
        "delete_marker_replication": {"status": "Enabled"},
        "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
        "destination": {
            "bucket": there.arn,
            "encryption_configuration": {"replica_kms_key_id": there.key_arn},
            "replication_time": {"status": "Enabled", "time": {"minutes": MINUTES}},
            "metrics": {"status": "Enabled", "event_threshold": {"minutes": MINUTES}},
        },
    }
