"""Namespace `observability`: metrics, alerting, logs, traces, and what people look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.composition.alerting_rules import compose_rules
from components.composition.collector import compose_collector
from components.composition.dashboards.catalogue import boards
from components.observability.alertmanager.server import Alertmanager, AlertmanagerArgs
from components.observability.exporters.kube_state_metrics import KubeStateMetrics, KubeStateMetricsArgs
from components.observability.grafana.datasources import DataSources
from components.observability.grafana.server import Grafana, GrafanaArgs
from components.observability.loki.server import LokiServer, LokiServerArgs
from components.observability.prometheus.operator import PrometheusOperator, PrometheusOperatorArgs
from components.observability.prometheus.server import Prometheus, PrometheusArgs, replica_urls
from components.observability.tempo.server import TempoServer, TempoServerArgs
from components.settings.telemetry_namespaces import NAMESPACE

if TYPE_CHECKING:
    from pulumi import Output

    from components.composition.context import PlatformContext
    from components.settings.platform_name import PlatformName


def compose_observability(
    context: PlatformContext, agents: PlatformContext, watched: list[PlatformName]
) -> Output[str]:
    """Declare what is in it; return where people reach Grafana.

    Args:
        context: inside the namespace of the telemetry stack.
        agents: inside the namespace of what stands on every node.
        watched: namespaces in which there are pods to watch.
    """
    loki = context.stack.loki
    context = context.with_endpoint_key(NAMESPACE, [*(() if loki is None else loki.buckets), context.stack.tempo.s3])
    _metrics(context, watched)
    _alerting(context)
    _logs(context)
    _traces(context)
    compose_collector(context, agents)
    compose_rules(context)
    return _people(context)


def _metrics(context: PlatformContext, watched: list[PlatformName]) -> None:
    stack = context.stack
    if stack.prometheus_operator is not None:
        version = stack.prometheus_operator.version
        context.add(
            PrometheusOperator(
                "prometheus-operator",
                PrometheusOperatorArgs(
                    settings=stack.prometheus_operator,
                    image=context.images.reference(PrometheusOperator.image, version),
                    reloader=context.images.reference(PrometheusOperator.reloader, version),
                    watched=watched,
                ),
                opts=context.inside,
            )
        )
    context.add(
        Prometheus(
            "prometheus",
            PrometheusArgs(
                settings=stack.prometheus,
                image=context.images.reference(Prometheus.image, stack.prometheus.version),
                environment=context.environment,
                cluster=stack.cluster,
                watched=watched,
                protection=context.protection,
            ),
            opts=context.inside,
        )
    )
    context.add(
        KubeStateMetrics(
            "kube-state-metrics",
            KubeStateMetricsArgs(
                settings=stack.kube_state_metrics,
                image=context.images.reference(KubeStateMetrics.image, stack.kube_state_metrics.version),
            ),
            opts=context.inside,
        )
    )


def _alerting(context: PlatformContext) -> None:
    stack = context.stack
    context.add(
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
    )


def _logs(context: PlatformContext) -> None:
    stack = context.stack
    if stack.loki is None:
        return
    context.add(
        LokiServer(
            "loki",
            LokiServerArgs(
                settings=stack.loki,
                image=context.images.reference(LokiServer.image, stack.loki.version),
                storage_class=stack.cluster.storage_class.name,
                protection=context.protection,
                endpoint_key=context.endpoint_key,
            ),
            opts=context.inside,
        )
    )


def _traces(context: PlatformContext) -> None:
    stack = context.stack
    context.add(
        TempoServer(
            "tempo",
            TempoServerArgs(
                settings=stack.tempo,
                image=context.images.reference(TempoServer.image, stack.tempo.version),
                prometheus_urls=replica_urls(stack.prometheus.replicas),
                environment=context.environment,
                cluster=stack.cluster,
                protection=context.protection,
                endpoint_key=context.endpoint_key,
            ),
            opts=context.inside,
        )
    )


def _people(context: PlatformContext) -> Output[str]:
    stack = context.stack
    grafana = context.add(
        Grafana(
            "grafana",
            GrafanaArgs(
                settings=stack.grafana,
                image=context.images.reference(Grafana.image, stack.grafana.version),
                dashboards=boards(stack),
                sources=DataSources(scrape_interval=stack.prometheus.scrape_interval, loki=stack.loki is not None),
                secrets=context.secrets,
                storage_class=stack.cluster.storage_class.name,
                protection=context.protection,
            ),
            opts=context.inside,
        )
    )
    return grafana.url
