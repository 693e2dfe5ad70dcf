"""How a pod reaches a bucket: at AWS by its service account and without a stored key, elsewhere with a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.foundation.connections import ExternalEndpoint

if TYPE_CHECKING:
    from pulumi import Output

    from components.settings.bucket import BucketSettings

TOKEN_FOLDER = "aws-token"  # noqa: S105 - a folder's name

AUTHORITY = "ca.crt"
"""File with the certificates of the authority that an endpoint's certificate comes from; in the Secret of its key."""

KEYS = {"AWS_ACCESS_KEY_ID": "objectStoreAccessKey", "AWS_SECRET_ACCESS_KEY": "objectStoreSecretKey"}
"""What AWS's clients and MinIO's read, and the secrets of the stack file; in the Secret they have the first names."""


AGENT = ExternalEndpoint(name="pod-identity-agent", cidrs=("169.254.170.23/32", "fd00:ec2::23/128"), ports={"http": 80})
"""EKS Pod Identity's agent, on every node."""

_AUTHORITY_VOLUME = "object-store-authority"
_CHECKSUMS = ("REQUEST_CHECKSUM_CALCULATION", "RESPONSE_CHECKSUM_VALIDATION")


@dataclass(frozen=True, kw_only=True)
class EndpointKey:
    """What opens the buckets at an endpoint, for the pods of one namespace.

    Attributes:
        secret: name of the Secret; another key or authority is another Secret, and pods start anew with it.
        has_authority: whether it holds the authority's certificates too.
    """

    secret: Output[str]
    has_authority: bool


@dataclass(frozen=True, kw_only=True)
class BucketIdentity:
    """What a pod needs to appear as a role, or to show a key.

    Attributes:
        volumes: with the projected token.
        mounts: where it lies.
        environment: what AWS's own clients read.
        annotations: of the service account.
        endpoints: the object store and the token service, or the agent that has its credentials.
    """

    volumes: tuple[dict[str, Any], ...]
    mounts: tuple[dict[str, Any], ...]
    environment: tuple[dict[str, Any], ...]
    annotations: dict[str, str]
    endpoints: tuple[ExternalEndpoint, ...]


def bucket_identity(settings: BucketSettings, folder: str, *, session: str, key: EndpointKey | None) -> BucketIdentity:
    """Return the identity of a pod that takes on the bucket's role, has its key, or an association with Pod Identity.

    The token is mounted as a directory, because a subPath mount is never refreshed (search-stores, "S3 on EKS").

    Args:
        settings: the bucket, its role and the networks it is reached through.
        folder: where the program may read the token, or the authority's certificates.
        session: by which the cloud's audit log tells who took on the role.
        key: of buckets at an endpoint; none where all are AWS's.
    """
    endpoint = ExternalEndpoint(
        name="object-store",
        cidrs=tuple(settings.egress_cidrs),
        ports={"http" if settings.is_plain else "https": settings.port},
        namespaces=() if settings.namespace is None else (settings.namespace,),
    )
    if settings.endpoint is not None:
        if key is None:
            raise ValueError(f"{settings.place} stands at an endpoint, and nobody passed its key on")
        return _by_key(key, folder, endpoint)
    if settings.role_arn is None:
        # EKS itself adds the token and its address to pods whose service account has an association.
        return BucketIdentity(volumes=(), mounts=(), environment=(), annotations={}, endpoints=(endpoint, AGENT))
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
        endpoints=(endpoint,),
    )


def _by_key(key: EndpointKey, folder: str, endpoint: ExternalEndpoint) -> BucketIdentity:
    entries = ({"name": one, "valueFrom": {"secretKeyRef": {"name": key.secret, "key": one}}} for one in KEYS)
    # Newer clients of AWS's send checksums that few others know.
    checksums = ({"name": f"AWS_{what}", "value": "when_required"} for what in _CHECKSUMS)
    environment = (*entries, *checksums)
    if not key.has_authority:
        return BucketIdentity(volumes=(), mounts=(), environment=environment, annotations={}, endpoints=(endpoint,))
    held = {"secretName": key.secret, "items": [{"key": AUTHORITY, "path": AUTHORITY}]}
    # AWS's clients read the first, and a script that starts Java; programs in Go the second.
    trusted = ({"name": name, "value": f"{folder}/{AUTHORITY}"} for name in ("AWS_CA_BUNDLE", "SSL_CERT_FILE"))
    return BucketIdentity(
        volumes=({"name": _AUTHORITY_VOLUME, "secret": held},),
        mounts=({"name": _AUTHORITY_VOLUME, "mountPath": folder, "readOnly": True},),
        environment=(*environment, *trusted),
        annotations={},
        endpoints=(endpoint,),
    )
