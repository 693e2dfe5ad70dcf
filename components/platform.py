"""The composition root: what exists, in which order, and who may talk to whom."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, Output, ResourceOptions

from components.composition.cloud import compose_cloud, with_made_roles
from components.composition.context import PlatformContext
from components.composition.databases import compose_databases
from components.composition.observability import compose_observability
from components.composition.opensearch import compose_opensearch
from components.composition.qdrant import compose_qdrant
from components.composition.quotas import node_agents_quota, observability_quota
from components.foundation.connections import ExternalEndpoint
from components.foundation.data_protection import DataProtection
from components.foundation.guards import DataGuards, DataGuardsArgs
from components.foundation.images import ImageCatalogue
from components.foundation.namespaces import OPEN_TO_THE_HOST
from components.foundation.network_policies import NetworkPolicies, NetworkPoliciesArgs
from components.foundation.scheduling import Scheduling, toleration
from components.foundation.waiting import Waiting
from components.settings import telemetry_namespaces as telemetry
from components.settings.environment import Teardown
from components.settings.kept import KEPT_FOR, PLATFORM, kept_for
from components.settings.platform_name import platform_prefix
from components.settings.recorded_state import recorded_state
from components.settings.store import DATABASES
from components.stores.opensearch import settings as opensearch
from components.stores.qdrant import settings as qdrant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.settings.stack import StackSettings


@dataclass(frozen=True, kw_only=True)
class PlatformArgs:
    """What makes a platform.

    Attributes:
        environment: its name, which is the stack's.
        stack: the settings of its stack file.
        secrets: of the stack file, by key.
        cluster: UID of the cluster, known once it is recognised.
    """

    environment: str
    stack: StackSettings
    secrets: Mapping[str, Output[str]]
    cluster: Output[str]


def scheduling(stack: StackSettings) -> Scheduling:
    """Return what a stack file says of all pods."""
    return Scheduling(
        node_selector=dict(label.split("=", 1) for label in stack.cluster.node_selector),
        tolerations=tuple(map(toleration, stack.cluster.tolerations)),
        pull_secret=stack.images.pull_secret,
    )


class Platform(ComponentResource):
    """Everything of one environment, namespace by namespace. Only what a connection names may talk."""

    opensearch: Output[str]
    console: Output[str]
    grafana: Output[str]
    qdrant: Output[str] | None = None
    chroma: Output[str] | None = None

    def __init__(self, name: str, args: PlatformArgs, opts: ResourceOptions | None = None) -> None:
        waiting = Waiting(timeout=args.stack.cluster.timeout)
        placed = ResourceOptions(transformations=[scheduling(args.stack).transform, waiting.transform])
        # A preview lists what goes into a resource, before and after, and outputs of a stack never: so it is known
        # there what would be deleted earlier (docs/decisions/0040).
        kept = [asdict(one) for one in kept_for(args.stack)]
        super().__init__(PLATFORM, name, {KEPT_FOR: kept}, ResourceOptions.merge(opts, placed))
        with platform_prefix(args.stack.namespace_prefix):
            self._compose(args)
        self.register_outputs(
            {
                "opensearch": self.opensearch,
                "console": self.console,
                "qdrant": self.qdrant,
                "chroma": self.chroma,
                "grafana": self.grafana,
            }
        )

    def _compose(self, args: PlatformArgs) -> None:
        stack = with_made_roles(args.stack)
        api_server = stack.cluster.api_server
        context = PlatformContext(
            environment=args.environment,
            stack=stack,
            secrets=args.secrets,
            cluster=args.cluster,
            protection=DataProtection(protected=stack.teardown is Teardown.REFUSE),
            images=ImageCatalogue(
                mirror=stack.images.mirror,
                mirrors={one.registry: one.prefix for one in stack.images.mirrors.values()},
            ),
            api_server=ExternalEndpoint(
                name="kubernetes-api", cidrs=tuple(api_server.cidrs), ports={"https": api_server.port}
            ),
            inside=ResourceOptions(parent=self),
        )
        # The first namespace carries the recorded state: a step that would lose data is refused there,
        # and everything else waits for it.
        inside_opensearch = context.store_namespace(opensearch.NAMESPACE, recorded_state(stack))
        # Stores, and their pods, begin when their buckets and roles are there.
        inside_opensearch = compose_cloud(inside_opensearch)
        addresses = compose_opensearch(inside_opensearch)
        self.opensearch, self.console = addresses.opensearch, addresses.console
        if stack.qdrant is not None:
            self.qdrant = compose_qdrant(inside_opensearch.store_namespace(qdrant.NAMESPACE), stack.qdrant)
        if stack.chroma is not None or stack.volumes:
            self.chroma = compose_databases(inside_opensearch.store_namespace(DATABASES))
        inside = inside_opensearch.namespace(telemetry.NAMESPACE, observability_quota(stack), {})
        agents = inside.namespace(telemetry.NODE_AGENTS, node_agents_quota(stack), {}, enforce=OPEN_TO_THE_HOST)
        self.grafana = compose_observability(inside, agents, list(context.namespaces))
        DataGuards(
            "data-guards",
            DataGuardsArgs(
                protection=context.protection,
                namespaces={name.bare: made.namespace for name, made in context.namespaces.items()},
            ),
            opts=inside_opensearch.inside,
        )
        NetworkPolicies(
            "network-policies",
            NetworkPoliciesArgs(connections=context.connections, namespaces=context.namespaces),
            opts=context.inside,
        )
