"""What an account needs before the platform's first update: who the code host is, and each environment's foundation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi_aws as aws
from pulumi import ResourceOptions

from bootstrap.environment import Foundation
from bootstrap.making import Made
from bootstrap.policies import AUDIENCE, TOKENS, Place
from components.settings.environment import owner_of

if TYPE_CHECKING:
    from pulumi import Output

    from bootstrap.settings import AccountSettings, EnvironmentSettings


def declare_account(settings: AccountSettings) -> dict[str, dict[str, Output[str] | str]]:
    """Declare everything; what GitHub's environments and the stack files are told is returned, by stack."""
    provider = aws.Provider("account", region=settings.region, allowed_account_ids=[settings.account])
    options = ResourceOptions(provider=provider)
    code_host = aws.iam.OpenIdConnectProvider(
        "code-host", url=f"https://{TOKENS}", client_id_lists=[AUDIENCE], opts=options
    )
    outputs = {}
    for name, environment in settings.environments.items():
        place = Place(
            partition=settings.partition,
            account=settings.account,
            region=settings.region,
            bucket=environment.state_bucket,
            cluster=environment.cluster,
            made=_made(name, settings, environment),
        )
        foundation = Foundation(name, settings, place, code_host.arn, opts=ResourceOptions(providers=[provider]))
        outputs[name] = foundation.told
    return outputs


def _made(name: str, settings: AccountSettings, environment: EnvironmentSettings) -> Made | None:
    if environment.makes is None:
        return None
    return Made(
        partition=settings.partition,
        account=settings.account,
        region=settings.region,
        cluster=environment.cluster,
        names=environment.makes.names,
        boundary=environment.makes.permissions_boundary,
        owner=owner_of(name),
    )
