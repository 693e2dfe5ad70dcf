"""Namespace `databases`: stores of one process each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.foundation.connections import ExternalEndpoint
from components.foundation.labels import Concern
from components.foundation.programs import job_programs
from components.settings.stores import volume_label
from components.storage.buckets import HTTPS
from components.storage.snapshot_metrics import SnapshotMetrics, SnapshotMetricsArgs, snapshot_metrics_endpoint
from components.stores.chroma.server import ChromaServer, ChromaServerArgs
from components.stores.volumes.volume import EmbeddedVolume, EmbeddedVolumeArgs

if TYPE_CHECKING:
    from pulumi import Output

    from components.composition.context import PlatformContext
    from components.foundation.programs import JobPrograms
    from components.stores.chroma.settings import ChromaSettings


def compose_databases(context: PlatformContext) -> Output[str] | None:
    """Declare the things, then the connections; return where clients reach Chroma, if there is one."""
    stack = context.stack
    programs = job_programs("databases-programs", Concern.DATABASES, ["chroma", "volumes"], context.inside)
    stores = []
    url = None
    if stack.chroma is not None:
        url = _chroma(context, stack.chroma, programs)
        stores.append("chroma")
    if stack.volumes:
        stores += _volumes(context, programs)
    SnapshotMetrics(
        "databases-snapshot-metrics",
        SnapshotMetricsArgs(
            concern=Concern.DATABASES,
            image=context.images.python(stack.jobs.image, stack.jobs.version),
            programs=programs,
            records=[f"{store}-snapshots" for store in stores],
        ),
        opts=context.inside,
    )
    context.connect(snapshot_metrics_endpoint(Concern.DATABASES), context.api_server, "https")
    context.allow_scrape(snapshot_metrics_endpoint(Concern.DATABASES))
    return url


def _chroma(context: PlatformContext, settings: ChromaSettings, programs: JobPrograms) -> Output[str]:
    stack = context.stack
    chroma = ChromaServer(
        "chroma",
        ChromaServerArgs(
            settings=settings,
            images=context.images,
            job_image=context.images.python(stack.jobs.image, stack.jobs.version),
            programs=programs,
            storage_class=stack.cluster.storage_class,
            protection=context.protection,
        ),
        opts=context.inside,
    )
    context.connect(chroma.backup_jobs, chroma.endpoint, "http")
    context.connect(chroma.backup_jobs, context.api_server, "https")
    if chroma.archive.endpoint is not None:
        context.connect(chroma.backup_jobs, chroma.archive.endpoint, "https")
    return chroma.url


def _volumes(context: PlatformContext, programs: JobPrograms) -> list[str]:
    stack = context.stack
    volumes = {
        volume_label(name): EmbeddedVolume(
            volume_label(name),
            EmbeddedVolumeArgs(
                volume=name,
                settings=settings,
                job_image=context.images.python(stack.jobs.image, stack.jobs.version),
                programs=programs,
                storage_class=stack.cluster.storage_class,
                protection=context.protection,
            ),
            opts=context.inside,
        )
        for name, settings in stack.volumes.items()
    }
    # The jobs of all volumes share their labels, so one path serves them all.
    archives = [volume.archive.endpoint for volume in volumes.values()]
    cidrs = {cidr for archive in archives if archive is not None for cidr in archive.cidrs}
    context.connect(EmbeddedVolume.backup_jobs, context.api_server, "https")
    if cidrs:
        store = ExternalEndpoint(name="object-store", cidrs=tuple(sorted(cidrs)), ports={"https": HTTPS})
        context.connect(EmbeddedVolume.backup_jobs, store, "https")
    return list(volumes)
