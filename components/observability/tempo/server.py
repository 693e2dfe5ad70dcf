"""Tempo: the traces of all applications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, Output, ResourceOptions

from components.foundation.connections import Connection, Endpoint, Metrics, egress
from components.foundation.images import Image
from components.foundation.labels import Workload
from components.observability.prometheus.server import Prometheus
from components.observability.telemetry_store import NAMESPACE, TelemetryStoreArgs, telemetry_store
from components.observability.tempo.configuration import DATA, OTLP_PORT, PORT, tempo_configuration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.foundation.data_protection import DataProtection
    from components.observability.tempo.settings import TempoSettings
    from components.settings.cluster import ClusterSettings
    from components.storage.buckets import EndpointKey


WORKLOAD = Workload("tempo", NAMESPACE)


@dataclass(frozen=True, kw_only=True)
class TempoServerArgs:
    """What Tempo needs to know.

    Attributes:
        settings: version, sizes, retention, bucket.
        image: Tempo's image.
        prometheus_urls: base URLs of every replica of Prometheus, for the metrics that are made of traces.
        environment: label of these metrics.
        cluster: storage class of its volume, and where programs listen.
        protection: how data-bearing children are kept.
        endpoint_key: opens buckets at an endpoint.
    """

    settings: TempoSettings
    image: str
    prometheus_urls: Sequence[str]
    environment: str
    cluster: ClusterSettings
    protection: DataProtection
    endpoint_key: EndpointKey | None = None


class TempoServer(ComponentResource):
    """One process with a volume that outlives it; it has no users, and the network policies are its fence.

    With a bucket, the volume holds only what is on its way there.
    """

    url: Output[str]

    image = Image(name="grafana/tempo")
    """Without a shell."""

    endpoint = Endpoint.of(WORKLOAD, {"http": PORT, "otlp-grpc": OTLP_PORT}, metrics=(Metrics("http"),))
    endpoints = (endpoint,)

    def __init__(self, name: str, args: TempoServerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:observability:TempoServer", name, None, opts)
        object_stores = telemetry_store(
            TelemetryStoreArgs(
                endpoint=self.endpoint,
                workload=WORKLOAD,
                settings=args.settings,
                buckets=() if args.settings.s3 is None else (args.settings.s3,),
                image=args.image,
                configuration=tempo_configuration(
                    args.settings, args.prometheus_urls, args.environment, ipv6=args.cluster.ipv6
                ),
                data=DATA,
                alive="/api/echo",
                storage_class=args.cluster.storage_class.name,
                protection=args.protection,
                endpoint_key=args.endpoint_key,
            ),
            ResourceOptions(parent=self),
        )
        self.connections = [
            # What it counts in traces becomes metrics.
            Connection(self.endpoint, Prometheus.endpoint, "web"),
            *(path for store in object_stores for path in egress(self.endpoint, store)),
        ]
        self.url = Output.from_input(f"http://{self.endpoint.address('http')}")
        self.register_outputs({"url": self.url})
