"""Chroma, a vector store of one process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions

from components.foundation.connections import Connection, Endpoint, egress, job_endpoint, opened
from components.foundation.images import Image
from components.foundation.labels import NetworkProfile, selector
from components.foundation.pods import fixed_resources, hardened_pod
from components.foundation.services import service
from components.foundation.tasks import JobPod
from components.settings.store import DATABASES
from components.storage.archives import snapshot_archive, snapshot_target
from components.storage.stateful_sets import VOLUME, StatefulSetArgs, stateful_set
from components.storage.store_jobs import ArchiveJobs, StoreJobs, StoreJobsArgs
from components.stores.chroma import workloads
from components.stores.chroma.description import CHROMA
from components.stores.chroma.jobs.config import ChromaJobConfig

if TYPE_CHECKING:
    from pulumi_kubernetes.apps.v1 import StatefulSet

    from components.foundation.data_protection import DataProtection
    from components.foundation.images import ImageCatalogue
    from components.foundation.programs import JobPrograms
    from components.settings.cluster import ClusterSettings
    from components.storage.archives import SnapshotArchive
    from components.storage.buckets import EndpointKey
    from components.stores.chroma.settings import ChromaSettings

PORT = 8000
DATA = "/data"
USER = 1000
SERVED = "/served"
"""Where its jobs see its volume, read-only: only its database says which tenants there are."""


@dataclass(frozen=True, kw_only=True)
class ChromaServerArgs:
    """What the server needs to know.

    Attributes:
        settings: version, sizes, recovery, snapshots.
        images: the catalogue.
        job_image: the Python image of its jobs.
        programs: where their modules lie.
        cluster: storage class of its volume, and where programs listen.
        protection: how data-bearing children are kept.
        endpoint_key: opens buckets at an endpoint.
    """

    settings: ChromaSettings
    images: ImageCatalogue
    job_image: str
    programs: JobPrograms
    cluster: ClusterSettings
    protection: DataProtection
    endpoint_key: EndpointKey | None = None


class ChromaServer(ComponentResource):
    """One server with a volume that outlives it, reached by nobody whom no connection names.

    Chroma has no users, keys or TLS of its own since 1.0; the network policies are its fence.
    """

    url: Output[str]

    image = Image(name="chromadb/chroma")

    endpoint = Endpoint.of(workloads.SERVER, {"http": PORT})
    backup_jobs = job_endpoint(DATABASES, NetworkProfile.BACKUP, "chroma")
    endpoints = (backup_jobs,)

    def __init__(self, name: str, args: ChromaServerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:chroma:ChromaServer", name, None, opts)
        child = ResourceOptions(parent=self)
        settings = args.settings
        service(workloads.SERVER, self.endpoint, child, awaited=False)
        server = self._server(name, args, child)
        archive = snapshot_archive(
            f"{name}-archive",
            settings.snapshots,
            namespace=DATABASES,
            storage_class=args.cluster.storage_class.name,
            key="chroma",
            protection=args.protection,
            endpoint_key=args.endpoint_key,
            child=child,
        )
        url = f"http://{self.endpoint.address('http')}"
        StoreJobs(
            f"{name}-jobs",
            StoreJobsArgs(
                namespace=DATABASES,
                store=name,
                network="chroma",
                package="components.stores.chroma.jobs",
                pod=_job_pod(args, name),
                archive=_archive_jobs(settings, name, archive, url),
            ),
            opts=ResourceOptions.merge(child, ResourceOptions(depends_on=[server])),
        )
        self.connections = [
            Connection(self.backup_jobs, self.endpoint, "http"),
            *egress(self.backup_jobs, *archive.endpoints),
            *opened(settings.open_to, self.endpoint, "http"),
        ]
        self.url = Output.from_input(url)
        self.register_outputs({"url": self.url})

    def _server(self, name: str, args: ChromaServerArgs, child: ResourceOptions) -> StatefulSet:
        return stateful_set(
            name,
            StatefulSetArgs(
                workload=workloads.SERVER,
                pod=_pod(args),
                replicas=1,
                disk=args.settings.disk,
                key="ballast:chroma.disk",
                storage_class=args.cluster.storage_class.name,
                protection=args.protection,
            ),
            child,
        )


def _archive_jobs(settings: ChromaSettings, name: str, archive: SnapshotArchive, url: str) -> ArchiveJobs:
    return ArchiveJobs(
        archive=archive,
        config=ChromaJobConfig(
            deadline_seconds=settings.recovery.recovery_time,
            endpoint=url,
            data=SERVED,
            namespace=str(DATABASES),
            lock=f"{name}-operations",
            snapshots=snapshot_target(name, CHROMA.record_of(None), archive, settings.recovery),
        ),
        recovery=settings.recovery,
        workloads=(workloads.SNAPSHOT_JOB, workloads.RESTORE_JOB),
        # One page of records at a time; beside it the ids of a collection, 150 MB for each million.
        memory="512Mi",
    )


def _job_pod(args: ChromaServerArgs, name: str) -> JobPod:
    """Beside the server, because its volume can be mounted on one machine at a time."""
    here = {"labelSelector": {"matchLabels": selector(workloads.SERVER)}, "topologyKey": "kubernetes.io/hostname"}
    claim = {"claimName": f"{VOLUME}-{name}-0", "readOnly": True}
    return JobPod(
        image=args.job_image,
        programs=args.programs,
        volumes=({"name": "served", "persistentVolumeClaim": claim},),
        mounts=({"name": "served", "mountPath": SERVED, "readOnly": True},),
        placement={"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [here]}}},
        user=USER,
    )


def _pod(args: ChromaServerArgs) -> dict[str, Any]:
    settings = args.settings
    probe = {"httpGet": {"path": "/api/v2/heartbeat", "port": "http"}, "timeoutSeconds": 5}
    container = {
        "name": "chroma",
        "image": args.images.reference(ChromaServer.image, settings.version),
        "command": ["chroma", "run", "--host", args.cluster.any_address, "--port", str(PORT), "--path", DATA],
        "env": [{"name": "ANONYMIZED_TELEMETRY", "value": "FALSE"}, {"name": "HOME", "value": "/tmp"}],  # noqa: S108
        "ports": [{"name": "http", "containerPort": PORT}],
        "resources": fixed_resources(settings.cpu.kubernetes, settings.memory.kubernetes),
        # Ten minutes to load its indexes; only then do the other two probes begin.
        "startupProbe": {**probe, "periodSeconds": 5, "failureThreshold": 120},
        "readinessProbe": {**probe, "periodSeconds": 10, "failureThreshold": 3},
        "livenessProbe": {**probe, "periodSeconds": 20, "failureThreshold": 9},
        "volumeMounts": [
            {"name": VOLUME, "mountPath": DATA},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - an emptyDir of this pod alone
        ],
    }
    return hardened_pod(
        {
            "terminationGracePeriodSeconds": 60,
            "containers": [container],
            "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}}],
        },
        user=USER,
    )
