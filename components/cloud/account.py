"""The provider through which anything is asked of AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_aws.provider import Provider

from components.settings.environment import OWNER

if TYPE_CHECKING:
    from pulumi import ResourceOptions

    from components.cloud.settings import AwsSettings


def account_provider(name: str, aws: AwsSettings, owner: str, opts: ResourceOptions) -> Provider:
    """Return a provider that refuses credentials of any other account before it does anything.

    Args:
        name: of the provider; there is one for each region.
        aws: the account and region, and tags of everything.
        owner: project and stack, as on namespaces.
        opts: of the provider.
    """
    tags = dict(tag.split("=", 1) for tag in aws.tags)
    return Provider(
        name,
        region=aws.region,
        allowed_account_ids=[aws.account],
        default_tags={"tags": {**tags, OWNER: owner}},
        opts=opts,
    )
