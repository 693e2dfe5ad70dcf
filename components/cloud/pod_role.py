"""A role that the pods of one service account take on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, ResourceOptions
from pulumi_aws.eks import PodIdentityAssociation

from components.cloud.policies import trust
from components.cloud.roles import RoleArgs, role_with_policy
from components.cloud.settings import PodIdentity

if TYPE_CHECKING:
    from pulumi import Output

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
        policy: what its policy is called.
        access: what it allows, as JSON.
        protection: how it is kept; without it no snapshot is taken.
    """

    aws: AwsSettings
    name: str
    account: Account
    policy: str
    access: Output[str]
    protection: DataProtection


class PodRole(ComponentResource):
    """A role with one policy, and with Pod Identity its association with the service account."""

    def __init__(self, name: str, args: PodRoleArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:cloud:PodRole", name, None, opts)
        aws, child = args.aws, ResourceOptions(parent=self)
        whole = f"{aws.partition}:iam::{aws.account}"
        role, policy = role_with_policy(
            name,
            RoleArgs(
                aws=aws,
                name=args.name,
                description=f"Pods of {args.account.namespace}/{args.account.name}",
                trust=trust(
                    aws.identity,
                    account=args.account,
                    provider=f"arn:{whole}:oidc-provider/{aws.oidc_provider}",
                    cluster=f"arn:{aws.partition}:eks:{aws.region}:{aws.account}:cluster/{aws.cluster_name}",
                ),
                policy=args.policy,
                access=args.access,
                protection=args.protection,
            ),
            child,
        )
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
