"""Where snapshots go: a volume for a single node, a bucket for every larger cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from components.storage.buckets import TOKEN_FOLDER, bucket_identity
from components.storage.volumes import kept_claim

if TYPE_CHECKING:
    from pulumi import ResourceOptions

    from components.foundation.connections import ExternalEndpoint
    from components.foundation.data_protection import DataProtection
    from components.settings.bucket import BucketSettings
    from components.settings.platform_name import PlatformName
    from components.settings.snapshots import VolumeSnapshots
    from components.storage.buckets import EndpointKey

VOLUME_PATH = "/usr/share/opensearch/snapshots"


@dataclass(frozen=True, kw_only=True)
class SnapshotRepository:
    """A snapshot repository as the nodes and the configure job see it.

    Attributes:
        definition: the body of `PUT /_snapshot/<name>`.
        node_settings: lines that it adds to opensearch.yml.
        volumes: pod volumes that every node mounts for it.
        mounts: where they are mounted.
        environment: environment of every node.
        service_account_annotations: how the pods' identity is told to the cloud.
        endpoints: what the nodes must be able to connect to; none for a volume.
    """

    definition: dict[str, Any]
    node_settings: dict[str, Any]
    volumes: tuple[dict[str, Any], ...] = ()
    mounts: tuple[dict[str, Any], ...] = ()
    environment: tuple[dict[str, Any], ...] = ()
    service_account_annotations: dict[str, str] = field(default_factory=dict)
    endpoints: tuple[ExternalEndpoint, ...] = ()


def volume_repository(
    name: str,
    settings: VolumeSnapshots,
    *,
    namespace: PlatformName,
    storage_class: str,
    protection: DataProtection,
    child: ResourceOptions,
) -> SnapshotRepository:
    """Return a repository on one claim of its own. Settings allow it only where a single node writes to it."""
    claim = kept_claim(
        name,
        namespace=namespace,
        size=settings.size,
        storage_class=storage_class,
        key="ballast:opensearch.snapshots.volume.size",
        protection=protection,
        child=child,
    )
    return SnapshotRepository(
        definition={"type": "fs", "settings": {"location": VOLUME_PATH, "compress": True}},
        node_settings={"path.repo": [VOLUME_PATH]},
        volumes=({"name": "snapshots", "persistentVolumeClaim": {"claimName": claim.metadata.name}},),
        mounts=({"name": "snapshots", "mountPath": VOLUME_PATH},),
    )


def s3_repository(settings: BucketSettings, key: EndpointKey | None = None) -> SnapshotRepository:
    """Return a repository in a bucket, reached with the pods' own identity, or at an endpoint with a key.

    The token lies under the configuration folder because OpenSearch may read files only there, and is mounted as a
    directory because a subPath mount is never refreshed (search-stores, "S3 on EKS").
    """
    folder = f"/usr/share/opensearch/config/{TOKEN_FOLDER}"
    identity = bucket_identity(settings, folder, session="opensearch-snapshots", key=key)
    client: dict[str, Any] = {}
    if settings.role_arn is not None:
        client = {"s3.client.default.identity_token_file": f"{folder}/token"}
    if settings.endpoint is not None:
        # Its key is put into the keystore when the node starts (start.sh); others know buckets by path only.
        client = {"s3.client.default.endpoint": settings.endpoint, "s3.client.default.path_style_access": True}
    # By default files are sent by a client that is no Java and trusts what the image's system trusts.
    sender = {} if key is None or not key.has_authority else {"s3_async_client_type": "netty"}
    return SnapshotRepository(
        definition={
            "type": "s3",
            "settings": {
                "bucket": settings.bucket,
                "base_path": settings.base_path,
                "client": "default",
                # Unset it means AES256 since 3.8, which a bucket with its own key refuses, and many another storage.
                "server_side_encryption_type": "bucket_default",
                **sender,
            },
        },
        node_settings={"s3.client.default.region": settings.region, **client},
        volumes=identity.volumes,
        mounts=identity.mounts,
        environment=identity.environment,
        service_account_annotations=identity.annotations,
        endpoints=identity.endpoints,
    )


def domain_repository(settings: BucketSettings) -> SnapshotRepository:
    """Return a repository in a bucket that a domain of AWS reaches with a role which is handed to it."""
    place = {"bucket": settings.bucket, "base_path": settings.base_path, "region": settings.region}
    return SnapshotRepository(
        definition={"type": "s3", "settings": {**place, "role_arn": settings.role_arn}}, node_settings={}
    )
