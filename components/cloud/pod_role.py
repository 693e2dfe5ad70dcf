"""A role that the pods of one service account take on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_aws.eks import PodIdentityAssociation
from pulumi_aws.iam import Role, RolePolicy

from components.cloud.policies import folder_access, trust
from components.cloud.settings import PodIdentity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.cloud.data_bucket import DataBucket
    from components.cloud.policies import Account
    from components.cloud.settings import AwsSettings
    from components.foundation.data_protection import DataProtection


@dataclass(frozen=True, kw_only=True)
class PodRoleArgs:
    """What a role is for.

    Attributes:
        aws: the account.
        name: its name in the account.
        account: whose pods take it on.
        buckets: the buckets that it reaches.
        folders: the folder in each.
        ends_uploads: whether its program ends uploads that it began.
        lists_uploads: whether its program looks for uploads that were never completed.
        protection: how it is kept; without it no snapshot is taken.
    """

    aws: AwsSettings
    name: str
    account: Account
    buckets: Sequence[DataBucket]
    folders: Sequence[str]
    ends_uploads: bool
    lists_uploads: bool
    protection: DataProtection


class PodRole(ComponentResource):
    """A role with one policy, and with Pod Identity its association with the service account."""

    def __init__(self, name: str, args: PodRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:cloud:PodRole", name, None, opts)
        aws, child = args.aws, ResourceOptions(parent=self)
        whole = f"{aws.partition}:iam::{aws.account}"
        role = Role(
            name,
            name=args.name,
            description=f"Pods of {args.account.namespace}/{args.account.name}",
            assume_role_policy=json.dumps(
                trust(
                    aws.identity,
                    account=args.account,
                    provider=f"arn:{whole}:oidc-provider/{aws.oidc_provider}",
                    cluster=f"arn:{aws.partition}:eks:{aws.region}:{aws.account}:cluster/{aws.cluster_name}",
                )
            ),
            permissions_boundary=aws.permissions_boundary,
            opts=args.protection.protect(child),
        )
        policy = RolePolicy(name, name="bucket", role=role.name, policy=self._access(args), opts=child)
        if aws.identity is PodIdentity.POD_IDENTITY:
            PodIdentityAssociation(
                name,
                cluster_name=str(aws.cluster_name),
                namespace=args.account.namespace,
                service_account=args.account.name,
                role_arn=role.arn,
                opts=ResourceOptions.merge(child, ResourceOptions(depends_on=[policy])),
            )
        self.register_outputs({})

    @staticmethod
    def _access(args: PodRoleArgs) -> Output[str]:
        folders = dict(zip((bucket.arn for bucket in args.buckets), args.folders, strict=True))
        return Output.all(*(bucket.key_arn for bucket in args.buckets)).apply(
            lambda keys: json.dumps(
                folder_access(
                    folders=folders,
                    keys=keys,
                    service=args.aws.host("s3"),
                    ends_uploads=args.ends_uploads,
                    lists_uploads=args.lists_uploads,
                )
            )
        )
