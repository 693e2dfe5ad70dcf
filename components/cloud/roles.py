"""A role with one policy, whoever takes it on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi_aws.iam import Role, RolePolicy

if TYPE_CHECKING:
    from pulumi import Output, ResourceOptions

    from components.cloud.policies import Document
    from components.cloud.settings import AwsSettings
    from components.foundation.data_protection import DataProtection


@dataclass(frozen=True, kw_only=True)
class RoleArgs:
    """What a role is for.

    Attributes:
        aws: the account.
        name: its name in the account.
        description: what people read beside it.
        trust: who takes it on.
        policy: what its policy is called.
        access: what it allows, as JSON.
        protection: how it is kept; without it no snapshot is taken or copied.
    """

    aws: AwsSettings
    name: str
    description: str
    trust: Document
    policy: str
    access: Output[str]
    protection: DataProtection


def role_with_policy(name: str, args: RoleArgs, child: ResourceOptions) -> tuple[Role, RolePolicy]:
    """Declare a role and what it may do."""
    role = Role(
        name,
        name=args.name,
        description=args.description,
        assume_role_policy=json.dumps(args.trust),
        permissions_boundary=args.aws.permissions_boundary,
        opts=args.protection.protect(child),
    )
    return role, RolePolicy(name, name=args.policy, role=role.name, policy=args.access, opts=child)
