"""The gateway: the collectors that mask and sample, and that hold on their own disks what a backend can't take yet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions

from components.foundation.config_maps import config_map
from components.foundation.connections import Connection, Endpoint, Metrics, egress
from components.foundation.disruption import disruption_budget
from components.foundation.images import Image
from components.foundation.labels import Workload, selector
from components.foundation.monitors import pod_monitors
from components.foundation.pods import hardened_pod
from components.foundation.services import service
from components.observability.collector.gateway_configuration import DATA_FOLDER, gateway_configuration
from components.observability.collector.process import CONFIGURATION_FILE, HEALTH, METRICS, OTLP_GRPC, container
from components.observability.collector.vendor import TOKEN_FOLDER, vendor_endpoint
from components.settings.telemetry_namespaces import NAMESPACE
from components.storage.stateful_sets import VOLUME, StatefulSetArgs, stateful_set

if TYPE_CHECKING:
    from components.foundation.data_protection import DataProtection
    from components.observability.collector.backends import Backends, Origin
    from components.observability.collector.settings import CollectorSettings

NAME = "collector-gateway"
USER = 10001
GRACE_SECONDS = 60
"""Traces that wait are judged when it stops; they are few seconds' worth, and the queues are on the disk already."""


WORKLOAD = Workload("collector-gateway", NAMESPACE)


@dataclass(frozen=True, kw_only=True)
class CollectorGatewayArgs:
    """What the gateway needs to know.

    Attributes:
        settings: of the collector.
        image: the collector's image.
        backends: where signals go.
        origin: what is added to every signal.
        vendor_token: Secret with the token for the second place outside (key `password`); None without one.
        storage_class: class of the volumes.
        protection: how the volumes' StatefulSet is kept.
    """

    settings: CollectorSettings
    image: str
    backends: Backends
    origin: Origin
    vendor_token: Output[str] | None
    storage_class: str
    protection: DataProtection


class CollectorGateway(ComponentResource):
    """Collectors behind a headless Service, so that agents can send each trace to one of them."""

    service: Output[str]

    image = Image(name="otel/opentelemetry-collector-k8s")
    """The distribution for Kubernetes: from scratch, and not as root."""

    endpoint = Endpoint.of(
        WORKLOAD, {"otlp-grpc": OTLP_GRPC, "metrics": METRICS, "health": HEALTH}, metrics=(Metrics(),)
    )
    endpoints = (endpoint,)

    def __init__(self, name: str, args: CollectorGatewayArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:observability:CollectorGateway", name, None, opts)
        child = ResourceOptions(parent=self)
        collected = gateway_configuration(args.settings, args.origin, args.backends)
        # JSON is YAML, and leaves no doubt about quotes.
        written = {CONFIGURATION_FILE: json.dumps(collected, indent=1, ensure_ascii=False)}
        configuration = config_map(NAME, WORKLOAD, written, child)
        made = service(WORKLOAD, self.endpoint, child, ports=["otlp-grpc"], clusterIP="None")
        stateful_set(
            NAME,
            StatefulSetArgs(
                workload=WORKLOAD,
                pod=_pod(args, configuration),
                replicas=args.settings.gateway.replicas,
                disk=args.settings.gateway.disk,
                key="ballast:collector.gateway.disk",
                storage_class=args.storage_class,
                protection=args.protection,
            ),
            child,
        )
        disruption_budget(NAME, WORKLOAD, child)
        pod_monitors(self.endpoint, child)
        self.connections = [Connection(self.endpoint, server, port) for server, port in args.backends.servers]
        if args.settings.vendor is not None:
            self.connections += egress(self.endpoint, vendor_endpoint(args.settings.vendor))
        self.service = made.metadata.apply(lambda metadata: str(metadata.name))
        self.register_outputs({"service": self.service})


def _pod(args: CollectorGatewayArgs, configuration: Output[str]) -> dict[str, Any]:
    mounts: list[dict[str, Any]] = [{"name": VOLUME, "mountPath": DATA_FOLDER}]
    volumes: list[dict[str, Any]] = [{"name": "configuration", "configMap": {"name": configuration}}]
    if args.vendor_token is not None:
        mounts.append({"name": "vendor", "mountPath": TOKEN_FOLDER, "readOnly": True})
        volumes.append({"name": "vendor", "secret": {"secretName": args.vendor_token}})
    gateway = args.settings.gateway
    spread = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": selector(WORKLOAD)},
    }
    spec = {
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "topologySpreadConstraints": [spread],
        "containers": [
            container(
                image=args.image,
                cpu=gateway.cpu.kubernetes,
                memory=gateway.memory,
                ports=CollectorGateway.endpoint.ports,
                mounts=mounts,
            )
        ],
        "volumes": volumes,
    }
    return hardened_pod(spec, user=USER)
