"""Data Prepper: takes logs by OTLP and brings them into the OpenSearch cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import Secret

from components.foundation.config_maps import config_map
from components.foundation.connections import Endpoint, Metrics
from components.foundation.deployments import authority_volume, deployment
from components.foundation.images import Image
from components.foundation.labels import labels
from components.foundation.monitors import pod_monitors
from components.foundation.pods import fixed_resources, hardened_pod
from components.foundation.services import service
from components.stores.opensearch import workloads
from components.stores.opensearch.log_pipeline_configuration import (
    CONSOLE_LOGGING,
    DRAIN_SECONDS,
    METRICS_PORT,
    OTLP_PORT,
    java_options,
    pipelines,
    server,
    stop_command,
)
from components.stores.opensearch.settings import NAMESPACE

if TYPE_CHECKING:
    from components.stores.opensearch.log_pipeline_settings import DataPrepperSettings
    from components.stores.opensearch.search_endpoint import SearchEndpoint

USER = 1000
HOME = "/usr/share/data-prepper"


@dataclass(frozen=True, kw_only=True)
class LogPipelineArgs:
    """What Data Prepper needs to know.

    Attributes:
        settings: version, size, and the index that it writes to.
        image: its image.
        opensearch: where the cluster answers.
        password: of the user `logs`, itself and not the name of a Secret: it is written into a Secret of its own.
    """

    settings: DataPrepperSettings
    image: str
    opensearch: SearchEndpoint
    password: Output[str]


class LogPipeline(ComponentResource):
    """A Deployment of Data Prepper whose pods are equal and know nothing of each other."""

    service: Output[str]

    image = Image(name="opensearchproject/data-prepper")

    endpoint = Endpoint.of(
        workloads.DATA_PREPPER,
        {"otlp-logs": OTLP_PORT, "metrics": METRICS_PORT},
        metrics=(Metrics(path="/metrics/prometheus"),),
    )
    endpoints = (endpoint,)

    def __init__(self, name: str, args: LogPipelineArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:opensearch:LogPipeline", name, None, opts)
        self.connections = (args.opensearch.reached_by(self.endpoint),)
        child = ResourceOptions(parent=self)
        written = {
            "data-prepper-config.yaml": yaml.safe_dump(server(args.settings), sort_keys=False),
            "log4j2-rolling.properties": CONSOLE_LOGGING,
        }
        files = config_map(f"{name}-configuration", workloads.DATA_PREPPER, written, child)
        secret = Secret(
            f"{name}-pipelines",
            metadata={"namespace": str(NAMESPACE), "labels": labels(workloads.DATA_PREPPER)},
            string_data={
                "pipelines.yaml": Output.all(args.opensearch.url, args.password).apply(_pipelines(args.settings))
            },
            opts=child,
        )
        pod = _pod(args, files, secret.metadata.name)
        deployment(
            name,
            workload=workloads.DATA_PREPPER,
            replicas=args.settings.replicas,
            pod=pod,
            opts=child,
        )
        made = service(
            workloads.DATA_PREPPER,
            self.endpoint,
            child,
            ports=["otlp-logs"],
            awaited=False,
            # Headless: a gRPC connection lasts, so senders must see every pod to share the work among them.
            clusterIP="None",
        )
        pod_monitors(self.endpoint, child)
        self.service = made.metadata.apply(lambda metadata: str(metadata.name))
        self.register_outputs({"service": self.service})


def _pipelines(settings: DataPrepperSettings) -> Any:  # noqa: ANN401 - a function of what Pulumi resolves
    return lambda values: yaml.safe_dump(pipelines(settings, values[0], values[1]), sort_keys=False)


def _pod(args: LogPipelineArgs, configuration: Output[str], secret: Output[str]) -> dict[str, Any]:
    settings = args.settings
    mounts = {
        "configuration": f"{HOME}/config",
        "pipelines": f"{HOME}/pipelines",
        "authority": "/etc/ballast/authority",
    }
    alive = {"httpGet": {"path": "/list", "port": "metrics"}, "timeoutSeconds": 5}
    container = {
        "name": "data-prepper",
        "image": args.image,
        "env": [{"name": "JAVA_OPTS", "value": java_options(settings)}],
        "ports": [
            {"name": "otlp-logs", "containerPort": OTLP_PORT},
            {"name": "metrics", "containerPort": METRICS_PORT},
        ],
        "resources": fixed_resources(settings.cpu.kubernetes, settings.memory.kubernetes),
        # Logs are taken in only when the sink has reached OpenSearch; that is readiness, and no reason to kill.
        "startupProbe": {**alive, "periodSeconds": 5, "failureThreshold": 120},
        "readinessProbe": {"grpc": {"port": OTLP_PORT}, "periodSeconds": 10, "timeoutSeconds": 5},
        "livenessProbe": {**alive, "periodSeconds": 20, "failureThreshold": 6},
        "lifecycle": {"preStop": {"exec": {"command": stop_command()}}},
        "volumeMounts": [
            *({"name": volume, "mountPath": path, "readOnly": True} for volume, path in mounts.items()),
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - an emptyDir of this pod alone
        ],
    }
    volumes = [
        {"name": "configuration", "configMap": {"name": configuration}},
        {"name": "pipelines", "secret": {"secretName": secret, "defaultMode": 0o440}},
        authority_volume(args.opensearch.authority),
        {"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}},
    ]
    # It drains its buffer, its processor and its sink, each within the same time.
    spec = {"terminationGracePeriodSeconds": 4 * DRAIN_SECONDS, "containers": [container], "volumes": volumes}
    return hardened_pod(spec, user=USER)
