"""The vector wing: Qdrant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.foundation.labels import Concern
from components.storage.snapshot_metrics import snapshot_metrics_endpoint
from components.stores.qdrant.cluster import QdrantCluster, QdrantClusterArgs

if TYPE_CHECKING:
    from pulumi import Output

    from components.composition.site import Site
    from components.stores.qdrant.settings import QdrantSettings


def vector_wing(site: Site, settings: QdrantSettings) -> Output[str]:
    """Declare the things, then the connections; return where clients reach the store."""
    vectors = QdrantCluster(
        "vectors",
        QdrantClusterArgs(
            settings=settings,
            cluster=site.stack.cluster,
            jobs=site.stack.jobs,
            images=site.images,
            secrets=site.secrets,
            keeper=site.keeper,
        ),
        opts=site.inside,
    )

    site.connect(vectors.members, vectors.members, "p2p")
    # A shard can travel as a snapshot, which one node fetches from the other.
    site.connect(vectors.members, vectors.members, "https")
    for jobs in (vectors.keepers, vectors.archivists):
        site.connect(jobs, vectors.members, "https")
        site.connect(jobs, site.api_server, "https")
    site.connect(vectors.configure_job, vectors.members, "https")
    site.connect(snapshot_metrics_endpoint(Concern.VECTORS), site.api_server, "https")
    site.watched(vectors.members)
    site.watched(snapshot_metrics_endpoint(Concern.VECTORS))
    if vectors.archive.endpoint is not None:
        site.connect(vectors.archivists, vectors.archive.endpoint, "https")
    return vectors.url
