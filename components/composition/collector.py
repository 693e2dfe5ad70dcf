"""The way of telemetry: from nodes and applications by the agents and the gateway to where it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.foundation.connections import ForeignPods
from components.foundation.labels import Concern
from components.observability.collector.agent import CollectorAgent, CollectorAgentArgs
from components.observability.collector.backends import Backends, Origin
from components.observability.collector.gateway import CollectorGateway, CollectorGatewayArgs
from components.observability.collector.vendor import vendor_endpoint
from components.observability.exporters.node_exporter import NodeExporter, NodeExporterArgs
from components.observability.loki.server import LokiServer
from components.observability.prometheus.server import Prometheus
from components.observability.tempo.server import TempoServer
from components.stores.opensearch.log_pipeline import LogPipeline

if TYPE_CHECKING:
    from components.composition.context import PlatformContext


def compose_collector(context: PlatformContext, agents: PlatformContext) -> None:
    """Declare the things, then the connections.

    Args:
        context: inside the namespace of the telemetry stack.
        agents: inside the namespace of what stands on every node.
    """
    stack = context.stack
    settings, image = stack.collector, context.images.collector(stack.collector.version)
    vendor_token = None
    if settings.vendor is not None:
        vendor_token = context.password("collector-vendor-token", Concern.OBSERVABILITY, "collectorVendorToken")
    CollectorGateway(
        "collector-gateway",
        CollectorGatewayArgs(
            settings=settings,
            image=image,
            backends=Backends.in_cluster(
                prometheus_replicas=stack.prometheus.replicas,
                loki=stack.loki is not None,
                data_prepper=stack.data_prepper is not None,
            ),
            origin=Origin(environment=context.environment, cluster=stack.cluster.context or stack.cluster.identity),
            vendor_token=vendor_token,
            storage_class=stack.cluster.storage_class,
            protection=context.protection,
        ),
        opts=context.inside,
    )
    CollectorAgent("collector", CollectorAgentArgs(settings=settings, image=image), opts=agents.inside)
    NodeExporter(
        "node-exporter",
        NodeExporterArgs(settings=stack.node_exporter, image=context.images.node_exporter(stack.node_exporter.version)),
        opts=agents.inside,
    )
    for server in (CollectorGateway.endpoint, CollectorAgent.endpoint, NodeExporter.endpoint):
        context.allow_scrape(server)
    context.connect(CollectorAgent.endpoint, context.api_server, "https")
    context.connect(CollectorAgent.endpoint, CollectorGateway.endpoint, "otlp-grpc")
    if settings.open_to:
        applications = ForeignPods(name="applications", namespaces=settings.open_to)
        for port in ("otlp-grpc", "otlp-http"):
            context.connect(applications, CollectorAgent.endpoint, port)
    _backends(context)


def _backends(context: PlatformContext) -> None:
    stack, gateway = context.stack, CollectorGateway.endpoint
    context.connect(gateway, TempoServer.endpoint, "otlp-grpc")
    context.connect(gateway, Prometheus.endpoint, "web")
    if stack.loki is not None:
        context.connect(gateway, LokiServer.endpoint, "http")
    if stack.data_prepper is not None:
        context.connect(gateway, LogPipeline.endpoint, "otlp-logs")
    if stack.collector.vendor is not None:
        context.connect(gateway, vendor_endpoint(stack.collector.vendor), "https")
