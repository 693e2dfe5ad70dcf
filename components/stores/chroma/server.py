"""Chroma, a vector store of one process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions

from components.foundation.connections import Endpoint, job_endpoint
from components.foundation.labels import Component, Concern, NetworkProfile, selector
from components.foundation.pods import fixed_resources, hardened_pod
from components.foundation.services import port, services
from components.foundation.tasks import JobPod
from components.storage.archives import snapshot_archive, snapshot_target
from components.storage.stateful_sets import VOLUME, StatefulSetArgs, stateful_set
from components.storage.store_jobs import ArchiveJobs, StoreJobs, StoreJobsArgs
from components.stores.chroma.jobs.config import ChromaJobConfig

if TYPE_CHECKING:
    from components.foundation.data_protection import DataProtection
    from components.foundation.images import ImageCatalogue
    from components.foundation.programs import JobPrograms
    from components.stores.chroma.settings import ChromaSettings

NAMESPACE = Concern.DATABASES.value
PORT = 8000
DATA = "/data"
USER = 1000
TENANT = "default_tenant"
"""The tenant that a server has from the beginning."""


@dataclass(frozen=True, kw_only=True)
class ChromaServerArgs:
    """What the server needs to know.

    Attributes:
        settings: version, sizes, recovery, snapshots.
        images: the catalogue.
        job_image: the Python image of its jobs.
        programs: where their modules lie.
        storage_class: class of its volume.
        protection: how data-bearing children are kept.
    """

    settings: ChromaSettings
    images: ImageCatalogue
    job_image: str
    programs: JobPrograms
    storage_class: str
    protection: DataProtection


class ChromaServer(ComponentResource):
    """One server with a volume that outlives it, reached by nobody whom no connection names.

    Chroma has no users, keys or TLS of its own since 1.0; the network policies are its fence.
    """

    url: Output[str]

    endpoint = Endpoint(name="chroma", namespace=NAMESPACE, pods=selector(Component.CHROMA), ports={"http": PORT})
    backup_jobs = job_endpoint(Concern.DATABASES, NetworkProfile.BACKUP, "chroma")

    def __init__(self, name: str, args: ChromaServerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:chroma:ChromaServer", name, None, opts)
        child = ResourceOptions(parent=self)
        settings = args.settings
        ports = {"selector": selector(Component.CHROMA), "ports": [port("http", PORT)]}
        services(Concern.DATABASES, Component.CHROMA, {name: ports}, child)
        server = stateful_set(
            name,
            StatefulSetArgs(
                concern=Concern.DATABASES,
                component=Component.CHROMA,
                pod=_pod(args),
                replicas=1,
                disk=settings.disk,
                key="ballast:chroma.disk",
                storage_class=args.storage_class,
                protection=args.protection,
            ),
            child,
        )
        self.archive = snapshot_archive(
            f"{name}-archive",
            settings.snapshots,
            concern=Concern.DATABASES,
            storage_class=args.storage_class,
            key="chroma",
            protection=args.protection,
            child=child,
        )
        url = f"http://{name}.{NAMESPACE}.svc:{PORT}"
        StoreJobs(
            f"{name}-jobs",
            StoreJobsArgs(
                concern=Concern.DATABASES,
                store=name,
                network="chroma",
                package="components.stores.chroma.jobs",
                pod=JobPod(image=args.job_image, programs=args.programs),
                archive=ArchiveJobs(
                    archive=self.archive,
                    config=ChromaJobConfig(
                        deadline_seconds=settings.recovery.recovery_time,
                        endpoint=url,
                        tenants=(TENANT,),
                        namespace=NAMESPACE,
                        lock=f"{name}-operations",
                        snapshots=snapshot_target(name, f"{name}-snapshots", self.archive, settings.recovery),
                    ),
                    recovery=settings.recovery,
                    components=(Component.CHROMA_SNAPSHOT_JOB, Component.CHROMA_RESTORE_JOB),
                    # One page of records at a time; beside it the ids of a collection, 150 MB for each million.
                    memory="512Mi",
                ),
            ),
            opts=ResourceOptions.merge(child, ResourceOptions(depends_on=[server])),
        )
        self.url = Output.from_input(url)
        self.register_outputs({"url": self.url})


def _pod(args: ChromaServerArgs) -> dict[str, Any]:
    settings = args.settings
    probe = {"httpGet": {"path": "/api/v2/heartbeat", "port": "http"}, "timeoutSeconds": 5}
    container = {
        "name": "chroma",
        "image": args.images.chroma(settings.version),
        "command": ["chroma", "run", "--host", "0.0.0.0", "--port", str(PORT), "--path", DATA],  # noqa: S104
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
