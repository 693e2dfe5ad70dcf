"""Namespace `qdrant`: Qdrant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.stores.qdrant.cluster import QdrantCluster, QdrantClusterArgs

if TYPE_CHECKING:
    from pulumi import Output

    from components.composition.context import PlatformContext
    from components.stores.qdrant.settings import QdrantSettings


def compose_qdrant(context: PlatformContext, settings: QdrantSettings) -> Output[str]:
    """Declare what is in it; return where clients reach the store."""
    qdrant = context.add(
        QdrantCluster(
            "qdrant",
            QdrantClusterArgs(
                settings=settings,
                cluster=context.stack.cluster,
                jobs=context.stack.jobs,
                images=context.images,
                secrets=context.secrets,
                protection=context.protection,
                endpoint_key=context.endpoint_key,
            ),
            opts=context.inside,
        )
    )
    return qdrant.url
