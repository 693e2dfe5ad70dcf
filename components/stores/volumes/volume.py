"""A volume for a store that lives inside an application: LanceDB, SQLite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, Output, ResourceOptions

from components.foundation.connections import egress, job_endpoint
from components.foundation.labels import NetworkProfile
from components.foundation.tasks import JobPod
from components.settings.store import DATABASES
from components.storage.archives import snapshot_archive, snapshot_target
from components.storage.store_jobs import ArchiveJobs, StoreJobs, StoreJobsArgs
from components.storage.volumes import kept_claim
from components.stores.volumes import workloads
from components.stores.volumes.description import VOLUMES
from components.stores.volumes.jobs.config import VolumeJobConfig

if TYPE_CHECKING:
    from pulumi_kubernetes.core.v1 import PersistentVolumeClaim

    from components.foundation.data_protection import DataProtection
    from components.foundation.programs import JobPrograms
    from components.storage.archives import SnapshotArchive
    from components.storage.buckets import EndpointKey
    from components.stores.volumes.settings import EmbeddedVolumeSettings

DATA = "/data"

VOLUME = "ballast/volume"
"""Label of every pod that mounts a volume, with the volume's name. A volume can be mounted on one machine at a time,
and by this label the snapshot job finds the machine on which the application has it."""

USER = 1000
"""uid, gid and fsGroup of the application and of the jobs: two owners would take the files from each other."""


@dataclass(frozen=True, kw_only=True)
class EmbeddedVolumeArgs:
    """What the volume needs to know.

    Attributes:
        volume: its name in the stack file.
        settings: engine, size, recovery, snapshots.
        job_image: the Python image of its jobs.
        programs: where their modules lie.
        storage_class: class of the volume.
        protection: how it is kept.
        endpoint_key: opens buckets at an endpoint.
    """

    volume: str
    settings: EmbeddedVolumeSettings
    job_image: str
    programs: JobPrograms
    storage_class: str
    protection: DataProtection
    endpoint_key: EndpointKey | None = None


class EmbeddedVolume(ComponentResource):
    """A claim that outlives the stack, with snapshots and restores.

    An application mounts it as user 1000 and labels its pods with `ballast/volume`.
    """

    claim: Output[str]

    backup_jobs = job_endpoint(DATABASES, NetworkProfile.BACKUP, "volumes")
    """Jobs of all embedded volumes."""
    endpoints = (backup_jobs,)

    def __init__(self, name: str, args: EmbeddedVolumeArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:volumes:EmbeddedVolume", name, None, opts)
        child = ResourceOptions(parent=self)
        settings, key = args.settings, f"volumes.{args.volume}"
        claim = kept_claim(
            name,
            namespace=DATABASES,
            size=settings.disk,
            storage_class=args.storage_class,
            key=f"ballast:{key}.disk",
            protection=args.protection,
            child=child,
        )
        archive = snapshot_archive(
            f"{name}-archive",
            settings.snapshots,
            namespace=DATABASES,
            storage_class=args.storage_class,
            key=key,
            protection=args.protection,
            endpoint_key=args.endpoint_key,
            child=child,
        )
        StoreJobs(
            f"{name}-jobs",
            StoreJobsArgs(
                namespace=DATABASES,
                store=name,
                network="volumes",
                package="components.stores.volumes.jobs",
                pod=_job_pod(args, name, claim),
                archive=_archive_jobs(args, name, archive),
            ),
            opts=child,
        )
        self.connections = egress(self.backup_jobs, *archive.endpoints)
        self.claim = claim.metadata.apply(lambda made: str(made.name))
        self.register_outputs({"claim": self.claim})


def _job_pod(args: EmbeddedVolumeArgs, name: str, claim: PersistentVolumeClaim) -> JobPod:
    here = {"labelSelector": {"matchLabels": {VOLUME: name}}, "topologyKey": "kubernetes.io/hostname"}
    return JobPod(
        image=args.job_image,
        programs=args.programs,
        volumes=({"name": "data", "persistentVolumeClaim": {"claimName": claim.metadata.name}},),
        mounts=({"name": "data", "mountPath": DATA},),
        # SQLite's copy of one database lies there.
        scratch=args.settings.disk.kubernetes,
        # Where no other pod carries the label, its own satisfies it: the job then runs anywhere.
        placement={"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [here]}}},
        labels={VOLUME: name},
        user=USER,
    )


def _archive_jobs(args: EmbeddedVolumeArgs, name: str, archive: SnapshotArchive) -> ArchiveJobs:
    recovery = args.settings.recovery
    return ArchiveJobs(
        archive=archive,
        config=VolumeJobConfig(
            deadline_seconds=recovery.recovery_time,
            engine=args.settings.engine.value,
            path=DATA,
            namespace=str(DATABASES),
            lock=f"{name}-operations",
            snapshots=snapshot_target(name, VOLUMES.record_of(args.volume), archive, recovery),
        ),
        recovery=recovery,
        workloads=(workloads.SNAPSHOT_JOB, workloads.RESTORE_JOB),
        memory="512Mi",
    )
