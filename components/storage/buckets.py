"""How a pod reaches a bucket: at AWS by its service account and without a stored key, elsewhere with a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.foundation.connections import ExternalEndpoint

if TYPE_CHECKING:
    from components.settings.bucket import BucketSettings

TOKEN_FOLDER = "aws-token"  # noqa: S105 - a folder's name

CREDENTIALS = "object-store-credentials"
"""The Secret with the key, in each namespace with such a bucket."""

KEYS = {"AWS_ACCESS_KEY_ID": "objectStoreAccessKey", "AWS_SECRET_ACCESS_KEY": "objectStoreSecretKey"}
"""What AWS's clients and MinIO's read, and the secrets of the stack file; in the Secret they have the first names."""


_CHECKSUMS = ("REQUEST_CHECKSUM_CALCULATION", "RESPONSE_CHECKSUM_VALIDATION")


@dataclass(frozen=True, kw_only=True)
class BucketIdentity:
    """What a pod needs to appear as a role, or to show a key.

    Attributes:
        volumes: with the projected token.
        mounts: where it lies.
        environment: what AWS's own clients read.
        annotations: of the service account.
        endpoint: the object store and the token service.
    """

    volumes: tuple[dict[str, Any], ...]
    mounts: tuple[dict[str, Any], ...]
    environment: tuple[dict[str, Any], ...]
    annotations: dict[str, str]
    endpoint: ExternalEndpoint


def bucket_identity(settings: BucketSettings, folder: str, *, session: str) -> BucketIdentity:
    """Return the identity of a pod that takes on the bucket's role, or has its key.

    The token is mounted as a directory, because a subPath mount is never refreshed (search-stores, "S3 on EKS").

    Args:
        settings: the bucket, its role and the networks it is reached through.
        folder: where the program may read the token.
        session: by which the cloud's audit log tells who took on the role.
    """
    endpoint = ExternalEndpoint(
        name="object-store",
        cidrs=tuple(settings.egress_cidrs),
        ports={"http" if settings.is_plain else "https": settings.port},
        namespaces=() if settings.namespace is None else (settings.namespace,),
    )
    if settings.role_arn is None:
        return BucketIdentity(volumes=(), mounts=(), environment=_keys(), annotations={}, endpoint=endpoint)
    token = {"audience": "sts.amazonaws.com", "expirationSeconds": 3600, "path": "token"}
    return BucketIdentity(
        volumes=({"name": TOKEN_FOLDER, "projected": {"sources": [{"serviceAccountToken": token}]}},),
        mounts=({"name": TOKEN_FOLDER, "mountPath": folder, "readOnly": True},),
        environment=(
            {"name": "AWS_ROLE_ARN", "value": settings.role_arn},
            {"name": "AWS_ROLE_SESSION_NAME", "value": session},
            {"name": "AWS_WEB_IDENTITY_TOKEN_FILE", "value": f"{folder}/token"},
        ),
        annotations={"eks.amazonaws.com/role-arn": settings.role_arn},
        endpoint=endpoint,
    )


def _keys() -> tuple[dict[str, Any], ...]:
    keys = ({"name": key, "valueFrom": {"secretKeyRef": {"name": CREDENTIALS, "key": key}}} for key in KEYS)
    # Newer clients of AWS's send checksums that few others know.
    checksums = ({"name": f"AWS_{what}", "value": "when_required"} for what in _CHECKSUMS)
    return (*keys, *checksums)
