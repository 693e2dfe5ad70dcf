"""Keys of what holds data, which nothing of it can be read without."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pulumi_aws.kms import Key

from components.cloud.policies import key_policy

if TYPE_CHECKING:
    from pulumi import ResourceOptions

    from components.cloud.policies import Document
    from components.cloud.settings import AwsSettings

DELETION_DAYS = 30
"""The longest that KMS lets somebody change their mind."""


def data_key(name: str, what: str, *statements: Document, aws: AwsSettings, kept: ResourceOptions) -> Key:
    """Declare a key.

    Args:
        name: of the resource.
        what: it encrypts, as people read it.
        statements: who may use it beside whom IAM allows it.
        aws: the account and region.
        kept: options of a child that is kept like the data.
    """
    return Key(
        name,
        description=what,
        enable_key_rotation=True,
        deletion_window_in_days=DELETION_DAYS,
        policy=json.dumps(key_policy(*statements, partition=aws.partition, account=aws.account)),
        opts=kept,
    )
