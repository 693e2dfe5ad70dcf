"""Namespace `vectors`: Qdrant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.stores.qdrant.cluster import QdrantCluster, QdrantClusterArgs

if TYPE_CHECKING:
    from pulumi import Output

    from components.composition.context import PlatformContext
    from components.stores.qdrant.settings import QdrantSettings


def compose_vectors(context: PlatformContext, settings: QdrantSettings) -> Output[str]:
    """Declare what is in it; return where clients reach the store."""
    vectors = context.add(
        QdrantCluster(
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
    )
    return vectors.url
