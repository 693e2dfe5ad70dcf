"""Namespace `vectors`: Qdrant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.storage.snapshot_metrics import snapshot_metrics_endpoint
from components.stores.qdrant.cluster import QdrantCluster, QdrantClusterArgs
from components.stores.qdrant.workloads import NAMESPACE

if TYPE_CHECKING:
    from pulumi import Output

    from components.composition.context import PlatformContext
    from components.stores.qdrant.settings import QdrantSettings


def compose_vectors(context: PlatformContext, settings: QdrantSettings) -> Output[str]:
    """Declare the things, then the connections; return where clients reach the store."""
    vectors = QdrantCluster(
        "vectors",
        QdrantClusterArgs(
            settings=settings,
            cluster=context.stack.cluster,
            jobs=context.stack.jobs,
            images=context.images,
            secrets=context.secrets,
            protection=context.protection,
        ),
        opts=context.inside,
    )

    context.connect(vectors.members, vectors.members, "p2p")
    # A shard can travel as a snapshot, which one node fetches from the other.
    context.connect(vectors.members, vectors.members, "https")
    for jobs in (vectors.admin_jobs, vectors.backup_jobs):
        context.connect(jobs, vectors.members, "https")
        context.connect(jobs, context.api_server, "https")
    context.connect(vectors.configure_job, vectors.members, "https")
    context.connect(snapshot_metrics_endpoint(NAMESPACE), context.api_server, "https")
    context.allow_scrape(vectors.members)
    context.allow_scrape(snapshot_metrics_endpoint(NAMESPACE))
    if vectors.archive.endpoint is not None:
        context.connect(vectors.backup_jobs, vectors.archive.endpoint, "https")
    return vectors.url
