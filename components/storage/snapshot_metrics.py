"""Metrics about snapshots: when the last whole one was taken, how long it took, how large it is, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, ResourceOptions

from components.foundation.access import service_account
from components.foundation.connections import Endpoint, Metrics
from components.foundation.deployments import deployment
from components.foundation.jobkit.config import ExporterConfig
from components.foundation.labels import Workload
from components.foundation.monitors import pod_monitors
from components.foundation.tasks import JobPod, TaskArgs, task_pod

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.foundation.programs import JobPrograms
    from components.settings.platform_name import PlatformName

PORT = 9188
DAY_SECONDS = 86400


def _workload(namespace: PlatformName) -> Workload:
    return Workload("snapshot-metrics", namespace)


@dataclass(frozen=True, kw_only=True)
class SnapshotMetricsArgs:
    """What the exporter needs to know.

    Attributes:
        namespace: whose snapshots it tells of; it runs there too.
        image: a Python image.
        programs: where its module lies.
        records: ConfigMaps in which snapshot jobs write what they did.
    """

    namespace: PlatformName
    image: str
    programs: JobPrograms
    records: Sequence[str]


class SnapshotMetrics(ComponentResource):
    """A small exporter: jobs end and can't be scraped, so it tells what they have written down."""

    connections = ()

    def __init__(self, name: str, args: SnapshotMetricsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:storage:SnapshotMetrics", name, None, opts)
        child = ResourceOptions(parent=self)
        workload, endpoint = _workload(args.namespace), snapshot_metrics_endpoint(args.namespace)
        reading = {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": list(args.records)}
        account = service_account(name, args.namespace, [{**reading, "verbs": ["get"]}], child)
        pod = task_pod(
            name,
            TaskArgs(
                workload=workload,
                module="components.foundation.jobkit.exporter",
                config=ExporterConfig(namespace=str(args.namespace), records=tuple(args.records)),
                deadline_seconds=DAY_SECONDS,
                pod=JobPod(image=args.image, programs=args.programs, placement={"restartPolicy": "Always"}),
                service_account=account,
            ),
            child,
        )
        probe = {"httpGet": {"path": "/healthz", "port": "metrics"}, "periodSeconds": 10}
        pod["containers"][0] |= {
            "ports": [{"name": "metrics", "containerPort": PORT}],
            "readinessProbe": probe,
            "livenessProbe": {**probe, "failureThreshold": 6},
        }
        deployment(name, workload=workload, replicas=1, pod=pod, opts=child)
        pod_monitors(endpoint, child)
        self.endpoints = (endpoint,)
        self.register_outputs({})


def snapshot_metrics_endpoint(namespace: PlatformName) -> Endpoint:
    """Return the exporter of one namespace, as connections name it."""
    return Endpoint.of(
        _workload(namespace),
        {"metrics": PORT},
        name=f"{namespace.bare}-snapshot-metrics",
        metrics=(Metrics(),),
        api_access=True,
    )
