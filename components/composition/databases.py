"""Namespace `databases`: stores of one process each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.foundation.programs import job_programs
from components.settings.store import DATABASES
from components.settings.stores import stores
from components.storage.snapshot_metrics import SnapshotMetrics, SnapshotMetricsArgs
from components.stores.chroma.server import ChromaServer, ChromaServerArgs
from components.stores.volumes.description import VOLUMES
from components.stores.volumes.volume import EmbeddedVolume, EmbeddedVolumeArgs

if TYPE_CHECKING:
    from pulumi import Output

    from components.composition.context import PlatformContext
    from components.foundation.programs import JobPrograms
    from components.stores.chroma.settings import ChromaSettings


def compose_databases(context: PlatformContext) -> Output[str] | None:
    """Declare what is in it; return where clients reach Chroma, if there is one."""
    stack = context.stack
    programs = job_programs("databases-programs", DATABASES, ["chroma", "volumes"], context.inside)
    url = None if stack.chroma is None else _chroma(context, stack.chroma, programs)
    _volumes(context, programs)
    context.add(
        SnapshotMetrics(
            "databases-snapshot-metrics",
            SnapshotMetricsArgs(
                namespace=DATABASES,
                image=context.images.python(stack.jobs.image, stack.jobs.version),
                programs=programs,
                records=[store.record for store in stores(stack) if store.kind.namespace == DATABASES],
            ),
            opts=context.inside,
        )
    )
    return url


def _chroma(context: PlatformContext, settings: ChromaSettings, programs: JobPrograms) -> Output[str]:
    stack = context.stack
    chroma = context.add(
        ChromaServer(
            "chroma",
            ChromaServerArgs(
                settings=settings,
                images=context.images,
                job_image=context.images.python(stack.jobs.image, stack.jobs.version),
                programs=programs,
                cluster=stack.cluster,
                protection=context.protection,
                endpoint_key=context.endpoint_key,
            ),
            opts=context.inside,
        )
    )
    return chroma.url


def _volumes(context: PlatformContext, programs: JobPrograms) -> None:
    stack = context.stack
    for name, settings in stack.volumes.items():
        context.add(
            EmbeddedVolume(
                VOLUMES.prefix_of(name),
                EmbeddedVolumeArgs(
                    volume=name,
                    settings=settings,
                    job_image=context.images.python(stack.jobs.image, stack.jobs.version),
                    programs=programs,
                    storage_class=stack.cluster.storage_class.name,
                    protection=context.protection,
                    endpoint_key=context.endpoint_key,
                ),
                opts=context.inside,
            )
        )
