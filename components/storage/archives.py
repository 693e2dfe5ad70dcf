"""Where snapshot jobs put what they take: a claim that only they mount, or a bucket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.config import BucketArchive, FolderArchive, SnapshotTarget
from components.foundation.labels import Workload
from components.settings.bucket import BucketSettings
from components.settings.recovery import kept_sets
from components.storage.buckets import TOKEN_FOLDER, bucket_identity
from components.storage.volumes import kept_claim

if TYPE_CHECKING:
    from pulumi import ResourceOptions

    from components.foundation.connections import ExternalEndpoint
    from components.foundation.data_protection import DataProtection
    from components.settings.platform_name import PlatformName
    from components.settings.snapshots import RecoverySettings, SnapshotsSettings
    from components.storage.buckets import EndpointKey

FOLDER = "/snapshots"


@dataclass(frozen=True, kw_only=True)
class SnapshotArchive:
    """An archive as a job sees it.

    Attributes:
        config: how a job is told of it.
        volumes: pod volumes of a job that uses it.
        mounts: where they are mounted.
        environment: environment of the job.
        annotations: of the job's service account.
        endpoints: what the job must be able to connect to; none for a volume.
    """

    config: FolderArchive | BucketArchive
    volumes: tuple[dict[str, Any], ...]
    mounts: tuple[dict[str, Any], ...]
    environment: tuple[dict[str, Any], ...] = ()
    annotations: dict[str, str] = field(default_factory=dict)
    endpoints: tuple[ExternalEndpoint, ...] = ()


def probe_workload(namespace: PlatformName) -> Workload:
    """Return the job that writes to an archive, reads it back and takes it away again."""
    return Workload("snapshot-archive-probe", namespace)


def snapshot_archive(  # noqa: PLR0913 - each is something else
    name: str,
    settings: SnapshotsSettings,
    *,
    namespace: PlatformName,
    storage_class: str,
    key: str,
    protection: DataProtection,
    child: ResourceOptions,
    endpoint_key: EndpointKey | None = None,
) -> SnapshotArchive:
    """Return the archive that the stack file names; `key` is the key of its section, for messages.

    `endpoint_key` opens buckets at an endpoint: the one of the namespace.
    """
    place = settings.place
    if isinstance(place, BucketSettings):
        folder = f"/var/run/{TOKEN_FOLDER}"
        identity = bucket_identity(place, folder, session=name, key=endpoint_key)
        return SnapshotArchive(
            config=BucketArchive(
                bucket=place.bucket, prefix=place.base_path, region=place.region, endpoint=place.endpoint
            ),
            volumes=identity.volumes,
            mounts=identity.mounts,
            environment=identity.environment,
            annotations=identity.annotations,
            endpoints=identity.endpoints,
        )
    claim = kept_claim(
        name,
        namespace=namespace,
        size=place.size,
        storage_class=storage_class,
        key=f"ballast:{key}.snapshots.volume.size",
        protection=protection,
        child=child,
    )
    return SnapshotArchive(
        config=FolderArchive(folder=FOLDER),
        volumes=({"name": "archive", "persistentVolumeClaim": {"claimName": claim.metadata.name}},),
        mounts=({"name": "archive", "mountPath": FOLDER},),
    )


def snapshot_target(store: str, record: str, archive: SnapshotArchive, recovery: RecoverySettings) -> SnapshotTarget:
    """Return where a store's snapshots go and how long they stay.

    Args:
        store: its name, the label of its metrics.
        record: the ConfigMap in which they are noted.
        archive: where the files are.
        recovery: what the store promises.
    """
    return SnapshotTarget(
        store=store,
        record=record,
        archive=archive.config,
        retention_seconds=recovery.retention,
        count=kept_sets(recovery),
    )
