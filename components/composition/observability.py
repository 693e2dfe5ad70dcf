"""Namespace `observability`: metrics, alerting, logs, traces, and what people look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.composition.collector import compose_collector
from components.foundation.connections import ForeignPods
from components.observability.alertmanager.receivers import outside
from components.observability.alertmanager.server import Alertmanager, AlertmanagerArgs
from components.observability.exporters.kube_state_metrics import KubeStateMetrics, KubeStateMetricsArgs
from components.observability.grafana.dashboards.facts import Facts
from components.observability.grafana.server import Grafana, GrafanaArgs
from components.observability.loki.server import LokiServer, LokiServerArgs
from components.observability.prometheus.operator import PrometheusOperator, PrometheusOperatorArgs
from components.observability.prometheus.scraping import kubelets
from components.observability.prometheus.server import Prometheus, PrometheusArgs, replica_urls
from components.observability.tempo.server import TempoServer, TempoServerArgs

if TYPE_CHECKING:
    from pulumi import Output

    from components.composition.context import PlatformContext
    from components.foundation.labels import Concern


def compose_observability(context: PlatformContext, agents: PlatformContext, watched: list[Concern]) -> Output[str]:
    """Declare the things, then the connections; return where people reach Grafana.

    Args:
        context: inside the namespace of the telemetry stack.
        agents: inside the namespace of what stands on every node.
        watched: concerns in whose namespaces there are pods to watch.
    """
    _metrics(context, watched)
    _alerting(context)
    _logs(context)
    _traces(context)
    compose_collector(context, agents)
    return _people(context)


def _metrics(context: PlatformContext, watched: list[Concern]) -> None:
    stack = context.stack
    if stack.prometheus_operator is not None:
        version = stack.prometheus_operator.version
        PrometheusOperator(
            "prometheus-operator",
            PrometheusOperatorArgs(
                settings=stack.prometheus_operator,
                image=context.images.prometheus_operator(version),
                reloader=context.images.config_reloader(version),
                watched=watched,
            ),
            opts=context.inside,
        )
        context.connect(PrometheusOperator.endpoint, context.api_server, "https")
        context.allow_scrape(PrometheusOperator.endpoint)
    Prometheus(
        "prometheus",
        PrometheusArgs(
            settings=stack.prometheus,
            image=context.images.prometheus(stack.prometheus.version),
            environment=context.environment,
            cluster=stack.cluster,
            watched=watched,
            protection=context.protection,
        ),
        opts=context.inside,
    )
    KubeStateMetrics(
        "kube-state-metrics",
        KubeStateMetricsArgs(
            settings=stack.kube_state_metrics, image=context.images.kube_state_metrics(stack.kube_state_metrics.version)
        ),
        opts=context.inside,
    )
    context.connect(Prometheus.endpoint, context.api_server, "https")
    context.connect(Prometheus.endpoint, kubelets(stack.cluster), "https")
    context.allow_scrape(Prometheus.endpoint, "web")
    context.connect(KubeStateMetrics.endpoint, context.api_server, "https")
    context.allow_scrape(KubeStateMetrics.endpoint)
    context.allow_scrape(KubeStateMetrics.endpoint, "own-metrics")


def _alerting(context: PlatformContext) -> None:
    stack = context.stack
    Alertmanager(
        "alertmanager",
        AlertmanagerArgs(
            settings=stack.alertmanager,
            environment=context.environment,
            cluster=stack.cluster,
            images=context.images,
            secrets=context.secrets,
            protection=context.protection,
        ),
        opts=context.inside,
    )
    # Prometheus tells every replica what fires, on the port on which it also asks for its metrics.
    context.allow_scrape(Alertmanager.endpoint, "web")
    for port in ("gossip", "gossip-udp"):
        context.connect(Alertmanager.endpoint, Alertmanager.endpoint, port)
    receivers = outside(stack.alertmanager)
    if receivers is not None:
        for port in receivers.ports:
            context.connect(Alertmanager.endpoint, receivers, port)


def _logs(context: PlatformContext) -> None:
    stack = context.stack
    if stack.loki is None:
        return
    loki = LokiServer(
        "loki",
        LokiServerArgs(
            settings=stack.loki,
            image=context.images.loki(stack.loki.version),
            storage_class=stack.cluster.storage_class,
            protection=context.protection,
        ),
        opts=context.inside,
    )
    context.allow_scrape(LokiServer.endpoint, "http")
    if loki.object_store is not None:
        context.connect(LokiServer.endpoint, loki.object_store, "https")


def _traces(context: PlatformContext) -> None:
    stack = context.stack
    tempo = TempoServer(
        "tempo",
        TempoServerArgs(
            settings=stack.tempo,
            image=context.images.tempo(stack.tempo.version),
            prometheus_urls=replica_urls(stack.prometheus.replicas),
            environment=context.environment,
            storage_class=stack.cluster.storage_class,
            protection=context.protection,
        ),
        opts=context.inside,
    )
    context.allow_scrape(TempoServer.endpoint, "http")
    # What it counts in traces becomes metrics.
    context.connect(TempoServer.endpoint, Prometheus.endpoint, "web")
    if tempo.object_store is not None:
        context.connect(TempoServer.endpoint, tempo.object_store, "https")


def _people(context: PlatformContext) -> Output[str]:
    stack = context.stack
    grafana = Grafana(
        "grafana",
        GrafanaArgs(
            settings=stack.grafana,
            image=context.images.grafana(stack.grafana.version),
            facts=Facts.of(stack),
            scrape_interval=stack.prometheus.scrape_interval,
            secrets=context.secrets,
            storage_class=stack.cluster.storage_class,
            protection=context.protection,
        ),
        opts=context.inside,
    )
    context.connect(Grafana.endpoint, Prometheus.endpoint, "web")
    context.connect(Grafana.endpoint, Alertmanager.endpoint, "web")
    context.connect(Grafana.endpoint, TempoServer.endpoint, "http")
    if stack.loki is not None:
        context.connect(Grafana.endpoint, LokiServer.endpoint, "http")
    context.allow_scrape(Grafana.endpoint, "http")
    if grafana.identity_provider is not None:
        for port in grafana.identity_provider.ports:
            context.connect(Grafana.endpoint, grafana.identity_provider, port)
    if stack.grafana.open_to:
        context.connect(ForeignPods(name="visitors", namespaces=stack.grafana.open_to), Grafana.endpoint, "http")
    return grafana.url
