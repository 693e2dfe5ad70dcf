"""The way of telemetry: from nodes and applications by the agents and the gateway to where it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.collector.agent import CollectorAgent, CollectorAgentArgs
from components.observability.collector.backends import Backends, Origin
from components.observability.collector.gateway import CollectorGateway, CollectorGatewayArgs
from components.observability.exporters.node_exporter import NodeExporter, NodeExporterArgs
from components.observability.loki.server import LokiServer
from components.observability.prometheus.server import Prometheus, replica_urls
from components.observability.tempo.server import TempoServer
from components.settings.telemetry_namespaces import NAMESPACE
from components.stores.opensearch.log_pipeline import LogPipeline

if TYPE_CHECKING:
    from components.composition.context import PlatformContext
    from components.settings.stack import StackSettings


def compose_collector(context: PlatformContext, agents: PlatformContext) -> None:
    """Declare what is in it.

    Args:
        context: inside the namespace of the telemetry stack.
        agents: inside the namespace of what stands on every node.
    """
    stack = context.stack
    settings, image = stack.collector, context.images.reference(CollectorGateway.image, stack.collector.version)
    vendor_token = None
    if settings.vendor is not None:
        vendor_token = context.password("collector-vendor-token", NAMESPACE, "collectorVendorToken")
    context.add(
        CollectorGateway(
            "collector-gateway",
            CollectorGatewayArgs(
                settings=settings,
                image=image,
                backends=backends(stack),
                origin=Origin(environment=context.environment, cluster=stack.cluster.context or stack.cluster.identity),
                vendor_token=vendor_token,
                storage_class=stack.cluster.storage_class.name,
                protection=context.protection,
            ),
            opts=context.inside,
        )
    )
    context.add(CollectorAgent("collector", CollectorAgentArgs(settings=settings, image=image), opts=agents.inside))
    context.add(
        NodeExporter(
            "node-exporter",
            NodeExporterArgs(
                settings=stack.node_exporter,
                image=context.images.reference(NodeExporter.image, stack.node_exporter.version),
            ),
            opts=agents.inside,
        )
    )


def backends(stack: StackSettings) -> Backends:
    """Return the platform's own backends."""
    return Backends(
        traces=TempoServer.endpoint,
        metrics=Prometheus.endpoint,
        metrics_urls=tuple(replica_urls(stack.prometheus.replicas)),
        logs=None if stack.loki is None else LokiServer.endpoint,
        data_prepper=None if stack.data_prepper is None else LogPipeline.endpoint,
    )
