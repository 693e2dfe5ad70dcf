"""Metrics of the OpenSearch cluster, with the age of its snapshots, which OpenSearch's own plugin doesn't tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, Output, ResourceOptions

from components.credentials.passwords import PASSWORD_KEY
from components.foundation.connections import Endpoint, Metrics
from components.foundation.deployments import authority_volume, deployment
from components.foundation.images import Image
from components.foundation.monitors import pod_monitors
from components.foundation.pods import fixed_resources, hardened_pod
from components.stores.opensearch import workloads
from components.stores.opensearch.users import METRICS_USER

if TYPE_CHECKING:
    from components.stores.opensearch.console_settings import MetricsExporterSettings
    from components.stores.opensearch.search_endpoint import SearchEndpoint

PORT = 9114
USER = 65534


@dataclass(frozen=True, kw_only=True)
class OpenSearchMetricsExporterArgs:
    """What the exporter needs to know.

    Attributes:
        settings: version and size.
        image: the exporter's image.
        opensearch: where the cluster answers.
        password: Secret with the password of its service user, who may look and not touch.
    """

    settings: MetricsExporterSettings
    image: str
    opensearch: SearchEndpoint
    password: Output[str]


class OpenSearchMetricsExporter(ComponentResource):
    """One exporter for the whole cluster: what it tells is the cluster's, so a second one would only repeat it."""

    image = Image(name="prometheuscommunity/elasticsearch-exporter")
    """It also speaks OpenSearch (search-stores, "Metrics B")."""

    endpoint = Endpoint.of(
        workloads.METRICS_EXPORTER, {"metrics": PORT}, name="opensearch-metrics-exporter", metrics=(Metrics(),)
    )
    endpoints = (endpoint,)

    def __init__(self, name: str, args: OpenSearchMetricsExporterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:opensearch:OpenSearchMetricsExporter", name, None, opts)
        self.connections = (args.opensearch.reached_by(self.endpoint),)
        child = ResourceOptions(parent=self)
        probe = {"httpGet": {"path": "/healthz", "port": "metrics"}, "periodSeconds": 10}
        container = {
            "name": "exporter",
            "image": args.image,
            "args": [
                Output.concat("--es.uri=", args.opensearch.url),
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
            {"containers": [container], "volumes": [authority_volume(args.opensearch.authority)]}, user=USER
        )
        deployment(name, workload=workloads.METRICS_EXPORTER, replicas=1, pod=pod, opts=child)
        pod_monitors(self.endpoint, child)
        self.register_outputs({})
