"""The composition root: what exists, in which order, and which wing may talk to which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, Output, ResourceOptions

from components.composition.databases import database_wing
from components.composition.footprints import (
    databases_quota,
    node_agents_quota,
    observability_quota,
    search_quota,
    vectors_quota,
)
from components.composition.observability import observability_wing
from components.composition.search import search_wing
from components.composition.site import Site
from components.composition.vectors import vector_wing
from components.foundation.connections import ExternalEndpoint
from components.foundation.guards import DataGuards, DataGuardsArgs
from components.foundation.images import ImageCatalogue
from components.foundation.keeping import Keeper
from components.foundation.labels import Concern
from components.settings.commitments import commitments
from components.settings.environment import Teardown
from components.stores.opensearch.desired import pool_key
from components.stores.qdrant.desired import POOL_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.settings.stack import StackSettings


@dataclass(frozen=True, kw_only=True)
class PlatformArgs:
    """The stack file: its settings and its secrets by key; and the UID of the cluster, known once it is recognised."""

    stack: StackSettings
    secrets: Mapping[str, Output[str]]
    cluster: Output[str]


class Platform(ComponentResource):
    """Everything of one environment, wing by wing. Each wing names its own connections; nothing else may talk."""

    search: Output[str]
    console: Output[str]
    grafana: Output[str]
    vectors: Output[str] | None = None
    chroma: Output[str] | None = None

    def __init__(self, name: str, args: PlatformArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:platform:Platform", name, None, opts)
        stack = args.stack
        api_server = stack.cluster.api_server
        site = Site(
            stack=stack,
            secrets=args.secrets,
            cluster=args.cluster,
            keeper=Keeper(protect=stack.teardown is Teardown.REFUSE),
            images=ImageCatalogue(mirror=stack.images.mirror),
            api_server=ExternalEndpoint(
                name="kubernetes-api", cidrs=tuple(api_server.cidrs), ports={"https": api_server.port}
            ),
            inside=ResourceOptions(parent=self),
        )
        # The first namespace carries what all stores have committed to: a step that would lose data is refused there,
        # and everything else waits for it.
        pools = {pool_key(name): pool.nodes for name, pool in stack.opensearch.pools.items()}
        inside_search = site.namespace(Concern.SEARCH, search_quota(stack), pools, commitments(stack))
        DataGuards("data-guards", DataGuardsArgs(keeper=site.keeper), opts=inside_search.inside)

        wing = search_wing(inside_search)
        self.search, self.console = wing.search, wing.console
        if stack.qdrant is not None:
            nodes = {POOL_KEY: stack.qdrant.nodes}
            inside = inside_search.namespace(Concern.VECTORS, vectors_quota(stack.qdrant), nodes)
            self.vectors = vector_wing(inside, stack.qdrant)
        if stack.chroma is not None or stack.volumes:
            self.chroma = database_wing(inside_search.namespace(Concern.DATABASES, databases_quota(stack), {}))
        concerns = [
            concern
            for concern, there in (
                (Concern.SEARCH, True),
                (Concern.VECTORS, stack.qdrant is not None),
                (Concern.DATABASES, stack.chroma is not None or bool(stack.volumes)),
                (Concern.OBSERVABILITY, True),
                (Concern.NODE_AGENTS, True),
            )
            if there
        ]
        inside = inside_search.namespace(Concern.OBSERVABILITY, observability_quota(stack), {})
        agents = inside.namespace(Concern.NODE_AGENTS, node_agents_quota(stack), {})
        self.grafana = observability_wing(inside, agents, concerns)
        self.register_outputs(
            {
                "search": self.search,
                "console": self.console,
                "vectors": self.vectors,
                "chroma": self.chroma,
                "grafana": self.grafana,
            }
        )
