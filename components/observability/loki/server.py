"""Loki: the logs of all pods and applications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, Output, ResourceOptions

from components.foundation.connections import Endpoint, Metrics, egress
from components.foundation.images import Image
from components.foundation.labels import Workload
from components.observability.loki.configuration import DATA, PORT, loki_configuration
from components.observability.telemetry_store import NAMESPACE, TelemetryStoreArgs, telemetry_store

if TYPE_CHECKING:
    from components.foundation.data_protection import DataProtection
    from components.observability.loki.settings import LokiSettings
    from components.settings.quantities import Bytes
    from components.storage.buckets import EndpointKey


WORKLOAD = Workload("loki", NAMESPACE)


@dataclass(frozen=True, kw_only=True)
class LokiServerArgs:
    """What Loki needs to know.

    Attributes:
        settings: version, sizes, retention, streams, bucket.
        image: Loki's image.
        storage_class: class of its volume.
        protection: how data-bearing children are kept.
        endpoint_key: opens buckets at an endpoint.
    """

    settings: LokiSettings
    image: str
    storage_class: str
    protection: DataProtection
    endpoint_key: EndpointKey | None = None


class LokiServer(ComponentResource):
    """One process with a volume that outlives it; it has no users, and the network policies are its fence.

    Logs are pushed to `/otlp`. With a bucket, the volume holds only what is on its way there.
    """

    url: Output[str]

    image = Image(name="grafana/loki")
    """Without a shell."""

    endpoint = Endpoint.of(WORKLOAD, {"http": PORT}, metrics=(Metrics("http"),))
    endpoints = (endpoint,)

    def __init__(self, name: str, args: LokiServerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:observability:LokiServer", name, None, opts)
        object_stores = telemetry_store(
            TelemetryStoreArgs(
                endpoint=self.endpoint,
                workload=WORKLOAD,
                settings=args.settings,
                buckets=args.settings.buckets,
                image=args.image,
                configuration=loki_configuration(args.settings),
                data=DATA,
                alive="/loki/api/v1/status/buildinfo",
                environment={"GOMEMLIMIT": _soft_limit(args.settings.memory)},
                storage_class=args.storage_class,
                protection=args.protection,
                endpoint_key=args.endpoint_key,
            ),
            ResourceOptions(parent=self),
        )
        self.connections = [path for store in object_stores for path in egress(self.endpoint, store)]
        self.url = Output.from_input(f"http://{self.endpoint.address('http')}")
        self.register_outputs({"url": self.url})


def _soft_limit(memory: Bytes) -> str:
    """Nine tenths of the limit: Go collects garbage harder before the kernel kills."""
    return f"{memory * 9 // 10 // 2**20}MiB"
