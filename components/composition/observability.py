"""The observability wing: metrics, alerting, logs, traces, and what people look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.composition.collector import collector_wing
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

    from components.composition.site import Site
    from components.foundation.labels import Concern


def observability_wing(site: Site, agents: Site, watched: list[Concern]) -> Output[str]:
    """Declare the things, then the connections; return where people reach Grafana.

    Args:
        site: inside the namespace of what watches.
        agents: inside the namespace of what stands on every node.
        watched: concerns in whose namespaces there are pods to watch.
    """
    _metrics(site, watched)
    _alerting(site)
    _logs(site)
    _traces(site)
    collector_wing(site, agents)
    return _people(site)


def _metrics(site: Site, watched: list[Concern]) -> None:
    stack = site.stack
    if stack.prometheus_operator is not None:
        version = stack.prometheus_operator.version
        PrometheusOperator(
            "prometheus-operator",
            PrometheusOperatorArgs(
                settings=stack.prometheus_operator,
                image=site.images.prometheus_operator(version),
                reloader=site.images.config_reloader(version),
                watched=watched,
            ),
            opts=site.inside,
        )
        site.connect(PrometheusOperator.endpoint, site.api_server, "https")
        site.watched(PrometheusOperator.endpoint)
    Prometheus(
        "prometheus",
        PrometheusArgs(
            settings=stack.prometheus,
            image=site.images.prometheus(stack.prometheus.version),
            environment=stack.environment,
            cluster=stack.cluster,
            watched=watched,
            keeper=site.keeper,
        ),
        opts=site.inside,
    )
    KubeStateMetrics(
        "kube-state-metrics",
        KubeStateMetricsArgs(
            settings=stack.kube_state_metrics, image=site.images.kube_state_metrics(stack.kube_state_metrics.version)
        ),
        opts=site.inside,
    )
    site.connect(Prometheus.endpoint, site.api_server, "https")
    site.connect(Prometheus.endpoint, kubelets(stack.cluster), "https")
    site.watched(Prometheus.endpoint, "web")
    site.connect(KubeStateMetrics.endpoint, site.api_server, "https")
    site.watched(KubeStateMetrics.endpoint)
    site.watched(KubeStateMetrics.endpoint, "own-metrics")


def _alerting(site: Site) -> None:
    stack = site.stack
    Alertmanager(
        "alertmanager",
        AlertmanagerArgs(
            settings=stack.alertmanager,
            environment=stack.environment,
            cluster=stack.cluster,
            images=site.images,
            secrets=site.secrets,
            keeper=site.keeper,
        ),
        opts=site.inside,
    )
    # Prometheus tells every replica what fires, on the port on which it also asks for its metrics.
    site.watched(Alertmanager.endpoint, "web")
    for port in ("gossip", "gossip-udp"):
        site.connect(Alertmanager.endpoint, Alertmanager.endpoint, port)
    receivers = outside(stack.alertmanager)
    if receivers is not None:
        for port in receivers.ports:
            site.connect(Alertmanager.endpoint, receivers, port)


def _logs(site: Site) -> None:
    stack = site.stack
    if stack.loki is None:
        return
    loki = LokiServer(
        "loki",
        LokiServerArgs(
            settings=stack.loki,
            image=site.images.loki(stack.loki.version),
            storage_class=stack.cluster.storage_class,
            keeper=site.keeper,
        ),
        opts=site.inside,
    )
    site.watched(LokiServer.endpoint, "http")
    if loki.object_store is not None:
        site.connect(LokiServer.endpoint, loki.object_store, "https")


def _traces(site: Site) -> None:
    stack = site.stack
    tempo = TempoServer(
        "tempo",
        TempoServerArgs(
            settings=stack.tempo,
            image=site.images.tempo(stack.tempo.version),
            prometheus_urls=replica_urls(stack.prometheus.replicas),
            environment=stack.environment,
            storage_class=stack.cluster.storage_class,
            keeper=site.keeper,
        ),
        opts=site.inside,
    )
    site.watched(TempoServer.endpoint, "http")
    # What it counts in traces becomes metrics.
    site.connect(TempoServer.endpoint, Prometheus.endpoint, "web")
    if tempo.object_store is not None:
        site.connect(TempoServer.endpoint, tempo.object_store, "https")


def _people(site: Site) -> Output[str]:
    stack = site.stack
    grafana = Grafana(
        "grafana",
        GrafanaArgs(
            settings=stack.grafana,
            image=site.images.grafana(stack.grafana.version),
            facts=Facts.of(stack),
            scrape_interval=stack.prometheus.scrape_interval,
            secrets=site.secrets,
            storage_class=stack.cluster.storage_class,
            keeper=site.keeper,
        ),
        opts=site.inside,
    )
    site.connect(Grafana.endpoint, Prometheus.endpoint, "web")
    site.connect(Grafana.endpoint, Alertmanager.endpoint, "web")
    site.connect(Grafana.endpoint, TempoServer.endpoint, "http")
    if stack.loki is not None:
        site.connect(Grafana.endpoint, LokiServer.endpoint, "http")
    site.watched(Grafana.endpoint, "http")
    if grafana.identity_provider is not None:
        for port in grafana.identity_provider.ports:
            site.connect(Grafana.endpoint, grafana.identity_provider, port)
    if stack.grafana.open_to:
        site.connect(ForeignPods(name="visitors", namespaces=stack.grafana.open_to), Grafana.endpoint, "http")
    return grafana.url
