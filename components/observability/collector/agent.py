"""The agent: one collector on every node, which reads its pods' logs and takes what they send."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions

from components.foundation.access import cluster_reader
from components.foundation.config_maps import config_map
from components.foundation.connections import Connection, Endpoint, Metrics, opened
from components.foundation.daemon_sets import daemon_set
from components.foundation.labels import PART_OF, Workload
from components.foundation.monitors import pod_monitors
from components.foundation.pods import node_reading_pod
from components.foundation.scheduling import OFF_VIRTUAL_NODES
from components.foundation.services import service
from components.observability.collector.agent_configuration import (
    DATA_FOLDER,
    LOGS_FOLDER,
    NODE_NAME,
    agent_configuration,
)
from components.observability.collector.gateway import CollectorGateway
from components.observability.collector.process import (
    CONFIGURATION_FILE,
    HEALTH,
    METRICS,
    OTLP_GRPC,
    OTLP_HTTP,
    container,
)
from components.settings.telemetry_namespaces import NODE_AGENTS

if TYPE_CHECKING:
    from components.observability.collector.settings import CollectorSettings

NAME = "collector"
NAMESPACE = NODE_AGENTS

APPLICATION_PORTS = ("otlp-grpc", "otlp-http")
"""Where applications send what they measure."""


WORKLOAD = Workload("collector-agent", NAMESPACE)


@dataclass(frozen=True, kw_only=True)
class CollectorAgentArgs:
    """What the agent needs to know.

    Attributes:
        settings: of the collector.
        image: the collector's image.
    """

    settings: CollectorSettings
    image: str


class CollectorAgent(ComponentResource):
    """A DaemonSet, and the Service by whose name applications reach the agent of their own node."""

    service: Output[str]

    endpoint = Endpoint.of(
        WORKLOAD,
        {"otlp-grpc": OTLP_GRPC, "otlp-http": OTLP_HTTP, "metrics": METRICS, "health": HEALTH},
        name=NAME,
        metrics=(Metrics(),),
        api_access=True,
    )
    endpoints = (endpoint,)

    def __init__(self, name: str, args: CollectorAgentArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:observability:CollectorAgent", name, None, opts)
        child = ResourceOptions(parent=self)
        written = json.dumps(agent_configuration(CollectorGateway.endpoint), indent=1, ensure_ascii=False)
        configuration = config_map(NAME, WORKLOAD, {CONFIGURATION_FILE: written}, child)
        account = cluster_reader(
            NAME,
            NODE_AGENTS,
            [
                {"apiGroups": [""], "resources": ["pods", "namespaces"]},
                {"apiGroups": ["apps"], "resources": ["replicasets"]},
            ],
            child,
        )
        # A node whose agent restarts loses nothing: its queues are on its disk.
        daemon_set(NAME, WORKLOAD, _pod(args, configuration, account), child)
        made = service(
            WORKLOAD,
            self.endpoint,
            child,
            ports=APPLICATION_PORTS,
            # The agent of another node does not know the pods of this one.
            internalTrafficPolicy="Local",
        )
        pod_monitors(self.endpoint, child)
        self.connections = _connections(args.settings)
        self.service = made.metadata.apply(lambda metadata: str(metadata.name))
        self.register_outputs({"service": self.service})


def _connections(settings: CollectorSettings) -> list[Connection]:
    gateway = Connection(CollectorAgent.endpoint, CollectorGateway.endpoint, "otlp-grpc")
    return [gateway, *opened(settings.open_to, CollectorAgent.endpoint, *APPLICATION_PORTS)]


def _pod(args: CollectorAgentArgs, configuration: Output[str], account: Output[str]) -> dict[str, Any]:
    settings = args.settings.agent
    collector = container(
        image=args.image,
        cpu=settings.cpu.kubernetes,
        memory=settings.memory,
        ports=CollectorAgent.endpoint.ports,
        mounts=[
            {"name": "logs", "mountPath": LOGS_FOLDER, "readOnly": True},
            {"name": "state", "mountPath": DATA_FOLDER},
        ],
    )
    node = {"name": NODE_NAME, "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
    spec = {
        "serviceAccountName": account,
        # Every node has logs, whatever else it may not run.
        "tolerations": [{"operator": "Exists"}],
        "affinity": OFF_VIRTUAL_NODES,
        "containers": [{**collector, "env": [*collector["env"], node]}],
        "volumes": [
            {"name": "configuration", "configMap": {"name": configuration}},
            {"name": "logs", "hostPath": {"path": LOGS_FOLDER, "type": "Directory"}},
            {"name": "state", "hostPath": {"path": f"/var/lib/{PART_OF}/{NAME}", "type": "DirectoryOrCreate"}},
        ],
    }
    return node_reading_pod(spec, api_access=True)
