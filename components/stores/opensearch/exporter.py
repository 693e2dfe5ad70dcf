"""Metrics of the search cluster, with the age of its snapshots, which OpenSearch's own plugin doesn't tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import Service

from components.credentials.passwords import PASSWORD_KEY
from components.foundation.connections import Endpoint
from components.foundation.deployments import authority_volume, deployment
from components.foundation.labels import Component, Concern, labels, selector
from components.foundation.manifests import manifest
from components.foundation.monitors import pod_monitor
from components.foundation.pods import fixed_resources, hardened_pod
from components.stores.opensearch.job_configs import METRICS_USER

if TYPE_CHECKING:
    from components.stores.opensearch.console_settings import MetricsExporterSettings

PORT = 9114
USER = 65534
NAMESPACE = Concern.SEARCH.value


@dataclass(frozen=True, kw_only=True)
class SearchMetricsExporterArgs:
    """What the exporter needs to know.

    Attributes:
        settings: version and size.
        image: the exporter's image.
        search_url: where the cluster answers.
        search_certificate: Secret whose `ca.crt` it trusts.
        password: Secret with the password of its service user, who may look and not touch.
    """

    settings: MetricsExporterSettings
    image: str
    search_url: Output[str]
    search_certificate: Output[str]
    password: Output[str]


class SearchMetricsExporter(ComponentResource):
    """One exporter for the whole cluster: what it tells is the cluster's, so a second one would only repeat it."""

    service: Output[str]

    endpoint = Endpoint(
        name="search-metrics-exporter",
        namespace=NAMESPACE,
        pods=selector(Component.METRICS_EXPORTER),
        ports={"metrics": PORT},
    )

    def __init__(self, name: str, args: SearchMetricsExporterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:opensearch:SearchMetricsExporter", name, None, opts)
        child = ResourceOptions(parent=self)
        probe = {"httpGet": {"path": "/healthz", "port": "metrics"}, "periodSeconds": 10}
        container = {
            "name": "exporter",
            "image": args.image,
            "args": [
                Output.concat("--es.uri=", args.search_url),
                "--es.ca=/etc/ballast/authority/ca.crt",
                "--es.all",
                "--es.indices",
                "--es.shards",
                "--collector.snapshots",
                f"--web.listen-address=:{PORT}",
            ],
            "env": [
                {"name": "ES_USERNAME", "value": METRICS_USER},
                # The program takes the password from its environment or its command line, never from a file.
                {"name": "ES_PASSWORD", "valueFrom": {"secretKeyRef": {"name": args.password, "key": PASSWORD_KEY}}},
            ],
            "ports": [{"name": "metrics", "containerPort": PORT}],
            "resources": fixed_resources(args.settings.cpu.kubernetes, args.settings.memory.kubernetes),
            "readinessProbe": probe,
            "livenessProbe": {**probe, "failureThreshold": 6},
            "volumeMounts": [{"name": "authority", "mountPath": "/etc/ballast/authority", "readOnly": True}],
        }
        pod = hardened_pod(
            {"containers": [container], "volumes": [authority_volume(args.search_certificate)]}, user=USER
        )
        deployment(name, concern=Concern.SEARCH, component=Component.METRICS_EXPORTER, replicas=1, pod=pod, opts=child)
        service = Service(
            name,
            metadata={
                "name": name,
                "namespace": NAMESPACE,
                "labels": labels(Concern.SEARCH, Component.METRICS_EXPORTER),
            },
            spec=manifest(
                {
                    "selector": selector(Component.METRICS_EXPORTER),
                    "ports": [{"name": "metrics", "port": PORT, "targetPort": "metrics"}],
                }
            ),
            opts=child,
        )
        pod_monitor(self.endpoint, child)
        self.service = service.metadata.apply(lambda made: str(made.name))
        self.register_outputs({"service": self.service})
