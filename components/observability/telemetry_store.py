"""The shape that the stores of logs and traces share: one process with a volume, a file, and perhaps a bucket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import yaml
from pulumi_kubernetes.core.v1 import ServiceAccount

from components.foundation.config_maps import config_map
from components.foundation.labels import labels
from components.foundation.manifests import manifest
from components.foundation.monitors import pod_monitors
from components.foundation.pods import fixed_resources, hardened_pod
from components.foundation.services import service
from components.settings.telemetry_namespaces import NAMESPACE
from components.storage.buckets import bucket_identity
from components.storage.stateful_sets import VOLUME, StatefulSetArgs, stateful_set

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pulumi import ResourceOptions

    from components.foundation.connections import Endpoint, ExternalEndpoint
    from components.foundation.data_protection import DataProtection
    from components.foundation.labels import Workload
    from components.settings.bucket import BucketSettings
    from components.settings.quantities import Bytes, Millicores
    from components.storage.buckets import EndpointKey

USER = 10001
FLUSH_SECONDS = 300
"""How long a store may take to write what it holds in memory before it is killed."""

START_SECONDS = 1800
"""How long reading the write-ahead log anew may take; a probe that kills sooner never lets it end."""

TOKEN_FOLDER = "/var/run/secrets/ballast/aws"  # noqa: S105 - a folder
CONFIGURATION = "/etc/ballast/configuration"


class TelemetryStoreSettings(Protocol):
    """What their sections have: sizes."""

    @property
    def cpu(self) -> Millicores:
        """Processors requested."""
        ...

    @property
    def memory(self) -> Bytes:
        """Memory, requested and limited."""
        ...

    @property
    def disk(self) -> Bytes:
        """Size of its volume."""
        ...


@dataclass(frozen=True, kw_only=True)
class TelemetryStoreArgs:
    """What such a store needs to know.

    Attributes:
        endpoint: where it listens; its name is the name of all objects.
        workload: what it is.
        settings: sizes.
        buckets: where it keeps data beside its volume; one role reaches all of them.
        image: its image.
        configuration: its configuration file.
        data: folder of its volume.
        alive: path that answers as long as the process works, whether or not it is ready.
        environment: variables of the process.
        storage_class: class of the volume; reclaim policy Retain and expandable.
        protection: how the StatefulSet is kept.
        endpoint_key: opens buckets at an endpoint.
    """

    endpoint: Endpoint
    workload: Workload
    settings: TelemetryStoreSettings
    buckets: Sequence[BucketSettings]
    image: str
    configuration: Mapping[str, Any]
    data: str
    alive: str
    environment: Mapping[str, str] = field(default_factory=dict)
    storage_class: str
    protection: DataProtection
    endpoint_key: EndpointKey | None = None


def telemetry_store(args: TelemetryStoreArgs, child: ResourceOptions) -> Sequence[ExternalEndpoint]:
    """Declare the store and return what it reaches outside the cluster: its object stores, if it has some.

    There is one process, because both programs are built to have one, or to have a quorum or a queue outside. While it
    restarts nobody can read, and collectors queue on their disks.
    """
    name = args.endpoint.name
    metadata = {"namespace": str(NAMESPACE), "labels": labels(args.workload)}
    bucket = _Bucket(args, name)
    written = {f"{name}.yaml": yaml.safe_dump(dict(args.configuration), sort_keys=False)}
    configuration = config_map(f"{name}-configuration", args.workload, written, child)
    account = ServiceAccount(
        name,
        metadata=manifest({"name": name, **metadata, "annotations": bucket.annotations}),
        automount_service_account_token=False,
        opts=child,
    )
    service(args.workload, args.endpoint, child, awaited=False)
    spec = {
        "serviceAccountName": account.metadata.apply(lambda it: str(it.name)),
        "terminationGracePeriodSeconds": FLUSH_SECONDS,
        "containers": [_container(args, bucket)],
        "volumes": [
            {"name": "configuration", "configMap": {"name": configuration}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
            *bucket.volumes,
        ],
    }
    stateful_set(
        name,
        StatefulSetArgs(
            workload=args.workload,
            pod=hardened_pod(spec, user=USER),
            replicas=1,
            disk=args.settings.disk,
            key=f"ballast:{name}.disk",
            storage_class=args.storage_class,
            protection=args.protection,
        ),
        child,
    )
    pod_monitors(args.endpoint, child)
    return bucket.endpoints


class _Bucket:
    """What a pod needs for its buckets; nothing where it has none."""

    def __init__(self, args: TelemetryStoreArgs, name: str) -> None:
        self.volumes: list[dict[str, Any]] = []
        self.mounts: list[dict[str, Any]] = []
        self.environment: list[dict[str, Any]] = []
        self.annotations: dict[str, str] = {}
        self.endpoints: list[ExternalEndpoint] = []
        identities = [
            bucket_identity(bucket, TOKEN_FOLDER, session=f"ballast-{name}", key=args.endpoint_key)
            for bucket in args.buckets
        ]
        if identities:
            # One role reaches all buckets: that of the newest is the pod's.
            identity = identities[-1]
            # Without a region the token would be shown to the global token service, which no VPC endpoint leads to.
            self.environment = [*identity.environment, {"name": "AWS_REGION", "value": args.buckets[-1].region}]
            self.volumes, self.mounts = list(identity.volumes), list(identity.mounts)
            self.annotations = identity.annotations
        for identity in identities:
            self.endpoints += [endpoint for endpoint in identity.endpoints if endpoint not in self.endpoints]


def _container(args: TelemetryStoreArgs, bucket: _Bucket) -> dict[str, Any]:
    settings, name = args.settings, args.endpoint.name
    ready = {"httpGet": {"path": "/ready", "port": "http"}, "timeoutSeconds": 5}
    alive = {"httpGet": {"path": args.alive, "port": "http"}, "timeoutSeconds": 5}
    return {
        "name": name,
        "image": args.image,
        "args": [f"-config.file={CONFIGURATION}/{name}.yaml"],
        "env": [*({"name": key, "value": value} for key, value in args.environment.items()), *bucket.environment],
        "ports": [{"name": port, "containerPort": number} for port, number in args.endpoint.ports.items()],
        "resources": fixed_resources(settings.cpu.kubernetes, settings.memory.kubernetes),
        "startupProbe": {**ready, "periodSeconds": 10, "failureThreshold": START_SECONDS // 10},
        "readinessProbe": {**ready, "periodSeconds": 10, "failureThreshold": 3},
        # Not /ready: a store that is behind would be killed, and be further behind.
        "livenessProbe": {**alive, "periodSeconds": 20, "failureThreshold": 9},
        "volumeMounts": [
            {"name": VOLUME, "mountPath": args.data},
            {"name": "configuration", "mountPath": CONFIGURATION, "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - an emptyDir of this pod alone
            *bucket.mounts,
        ],
    }
