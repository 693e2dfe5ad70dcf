"""The database wing: stores of one process each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.foundation.connections import ExternalEndpoint
from components.foundation.labels import Concern
from components.foundation.programs import job_programs
from components.settings.stores import volume_label
from components.storage.backups import record_name
from components.storage.buckets import HTTPS
from components.storage.snapshot_metrics import SnapshotMetrics, SnapshotMetricsArgs, snapshot_metrics_endpoint
from components.stores.chroma.server import ChromaServer, ChromaServerArgs
from components.stores.volumes.volume import EmbeddedVolume, EmbeddedVolumeArgs

if TYPE_CHECKING:
    from pulumi import Output

    from components.composition.site import Site
    from components.foundation.programs import JobPrograms
    from components.stores.chroma.settings import ChromaSettings


def database_wing(site: Site) -> Output[str] | None:
    """Declare the things, then the connections; return where clients reach Chroma, if there is one."""
    stack = site.stack
    programs = job_programs("databases-programs", Concern.DATABASES, ["chroma", "volumes"], site.inside)
    stores = []
    url = None
    if stack.chroma is not None:
        url = _chroma(site, stack.chroma, programs)
        stores.append("chroma")
    if stack.volumes:
        stores += _volumes(site, programs)
    SnapshotMetrics(
        "databases-snapshot-metrics",
        SnapshotMetricsArgs(
            concern=Concern.DATABASES,
            image=site.images.python(stack.jobs.image, stack.jobs.version),
            programs=programs,
            records=[record_name(store) for store in stores],
        ),
        opts=site.inside,
    )
    site.connect(snapshot_metrics_endpoint(Concern.DATABASES), site.api_server, "https")
    site.watched(snapshot_metrics_endpoint(Concern.DATABASES))
    return url


def _chroma(site: Site, settings: ChromaSettings, programs: JobPrograms) -> Output[str]:
    stack = site.stack
    chroma = ChromaServer(
        "chroma",
        ChromaServerArgs(
            settings=settings,
            images=site.images,
            job_image=site.images.python(stack.jobs.image, stack.jobs.version),
            programs=programs,
            storage_class=stack.cluster.storage_class,
            keeper=site.keeper,
        ),
        opts=site.inside,
    )
    site.connect(chroma.archivists, chroma.endpoint, "http")
    site.connect(chroma.archivists, site.api_server, "https")
    if chroma.archive.endpoint is not None:
        site.connect(chroma.archivists, chroma.archive.endpoint, "https")
    return chroma.url


def _volumes(site: Site, programs: JobPrograms) -> list[str]:
    stack = site.stack
    volumes = {
        volume_label(name): EmbeddedVolume(
            volume_label(name),
            EmbeddedVolumeArgs(
                volume=name,
                settings=settings,
                job_image=site.images.python(stack.jobs.image, stack.jobs.version),
                programs=programs,
                storage_class=stack.cluster.storage_class,
                keeper=site.keeper,
            ),
            opts=site.inside,
        )
        for name, settings in stack.volumes.items()
    }
    # The jobs of all volumes share their labels, so one path serves them all.
    archives = [volume.archive.endpoint for volume in volumes.values()]
    cidrs = {cidr for archive in archives if archive is not None for cidr in archive.cidrs}
    site.connect(EmbeddedVolume.archivists, site.api_server, "https")
    if cidrs:
        store = ExternalEndpoint(name="object-store", cidrs=tuple(sorted(cidrs)), ports={"https": HTTPS})
        site.connect(EmbeddedVolume.archivists, store, "https")
    return list(volumes)
