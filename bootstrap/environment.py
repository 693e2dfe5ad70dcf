"""One environment's foundation: its key, the bucket of its states, and the roles of its workflows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pulumi_aws as aws
from pulumi import ComponentResource, Output, ResourceOptions

from bootstrap.policies import comparing, deploying, key_of_environment, reading, state_bucket, trust
from components.foundation.data_protection import DataProtection

if TYPE_CHECKING:
    from collections.abc import Callable

    from bootstrap.policies import Place
    from bootstrap.settings import AccountSettings
    from bootstrap.statements import Document

VERSIONS_STAY_DAYS = 365
"""How long a state that was overwritten can be had back; docs/delivery.md promises 90 days at least."""
_HOUR = 3600
_ROLES: dict[str, tuple[str, Callable[[Place, str], Document], int]] = {
    "preview": ("-preview", reading, _HOUR),
    "plan": ("-plan", comparing, _HOUR),
    # Credentials that end within an update lose its state.
    "apply": ("", deploying, 4 * _HOUR),
}
"""By the role's name: how GitHub's environment ends, what it may do, and how long a session lasts."""


class Foundation(ComponentResource):
    """Everything that a stack of the platform stands on in its account before its first update.

    Args:
        name: the stack's name.
        settings: of the account.
        place: where the environment stands.
        code_host: ARN of the OIDC provider whose tokens the roles trust.
        opts: as of every component.
    """

    def __init__(
        self, name: str, settings: AccountSettings, place: Place, code_host: Output[str], opts: ResourceOptions
    ) -> None:
        super().__init__("ballast:bootstrap:Foundation", name, None, opts)
        self._name, self._settings, self._place = name, settings, place
        self._child = ResourceOptions(parent=self)
        self._kept = DataProtection(protected=True).retain(self._child)
        self._key = self._keys()
        self._states()
        roles = {role: self._role(role, code_host) for role in _ROLES}
        self.told = {
            "PULUMI_BACKEND_URL": f"s3://{place.bucket}?region={place.region}",
            "secretsProvider": f"awskms://alias/ballast-{name}?region={place.region}",
            **{f"ROLE_ARN of {name}{_ROLES[role][0]}": made.arn for role, made in roles.items()},
        }
        self.register_outputs(self.told)

    def _keys(self) -> aws.kms.Key:
        key = aws.kms.Key(
            f"{self._name}-key",
            description=f"States of ballast in {self._name}, and the secrets in its stack file",
            deletion_window_in_days=30,
            enable_key_rotation=True,
            policy=json.dumps(key_of_environment(self._place, self._settings.administrators)),
            opts=self._kept,
        )
        aws.kms.Alias(
            f"{self._name}-key", name=f"alias/ballast-{self._name}", target_key_id=key.key_id, opts=self._kept
        )
        return key

    def _states(self) -> None:
        name = f"{self._name}-states"
        bucket = aws.s3.Bucket(name, bucket=self._place.bucket, opts=self._kept).bucket
        guards: dict[type, dict[str, Any]] = {
            aws.s3.BucketVersioning: {"versioning_configuration": {"status": "Enabled"}},
            aws.s3.BucketServerSideEncryptionConfiguration: {
                "rules": [
                    {
                        "apply_server_side_encryption_by_default": {
                            "sse_algorithm": "aws:kms",
                            "kms_master_key_id": self._key.arn,
                        },
                        "bucket_key_enabled": True,
                    }
                ]
            },
            aws.s3.BucketPublicAccessBlock: {
                "block_public_acls": True,
                "block_public_policy": True,
                "ignore_public_acls": True,
                "restrict_public_buckets": True,
            },
            aws.s3.BucketOwnershipControls: {"rule": {"object_ownership": "BucketOwnerEnforced"}},
            aws.s3.BucketPolicy: {"policy": json.dumps(state_bucket(self._place, self._settings.administrators))},
            # Nothing ends a current object: a state has no age at which it is not needed.
            aws.s3.BucketLifecycleConfiguration: {
                "rules": [
                    {
                        "id": "earlier-versions",
                        "status": "Enabled",
                        "filter": {"prefix": ""},
                        "noncurrent_version_expiration": {"noncurrent_days": VERSIONS_STAY_DAYS},
                        "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                    }
                ]
            },
        }
        for kind, inputs in guards.items():
            kind(name, bucket=bucket, **inputs, opts=self._kept)

    def _role(self, role: str, code_host: Output[str]) -> aws.iam.Role:
        suffix, rights, seconds = _ROLES[role]
        environment, repository, place = f"{self._name}{suffix}", self._settings.repository, self._place
        made = aws.iam.Role(
            f"{self._name}-{role}",
            name=f"ballast-{self._name}-{role}",
            description=f"Workflows of {repository} in the environment {environment}",
            assume_role_policy=code_host.apply(lambda arn: json.dumps(trust(arn, repository, environment))),
            max_session_duration=seconds,
            opts=self._child,
        )
        aws.iam.RolePolicy(
            f"{self._name}-{role}",
            name="state-secrets-cluster",
            role=made.name,
            policy=self._key.arn.apply(lambda arn: json.dumps(rights(place, arn))),
            opts=self._child,
        )
        return made
