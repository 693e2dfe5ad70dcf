"""Metrics about snapshots: when the last whole one was taken, how long it took, how large it is, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, ResourceOptions
from pulumi_kubernetes.core.v1 import Service

from components.foundation.access import service_account
from components.foundation.connections import Endpoint
from components.foundation.deployments import deployment
from components.foundation.jobkit.config import ExporterConfig
from components.foundation.labels import Component, labels, selector
from components.foundation.manifests import manifest
from components.foundation.monitors import pod_monitor
from components.foundation.tasks import JobPod, TaskArgs, task_pod

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.foundation.labels import Concern
    from components.foundation.programs import JobPrograms

PORT = 9188
DAY_SECONDS = 86400


@dataclass(frozen=True, kw_only=True)
class SnapshotMetricsArgs:
    """What the exporter needs to know.

    Attributes:
        concern: whose snapshots; also the namespace.
        image: a Python image.
        programs: where its module lies.
        records: ConfigMaps in which snapshot jobs write what they did.
    """

    concern: Concern
    image: str
    programs: JobPrograms
    records: Sequence[str]


class SnapshotMetrics(ComponentResource):
    """A small exporter: jobs end and can't be scraped, so it tells what they have written down."""

    def __init__(self, name: str, args: SnapshotMetricsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:storage:SnapshotMetrics", name, None, opts)
        child = ResourceOptions(parent=self)
        reading = {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": list(args.records)}
        account = service_account(name, args.concern, [{**reading, "verbs": ["get"]}], child)
        pod = task_pod(
            name,
            TaskArgs(
                concern=args.concern,
                component=Component.SNAPSHOT_METRICS,
                module="components.foundation.jobkit.exporter",
                config=ExporterConfig(namespace=args.concern.value, records=tuple(args.records)),
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
        deployment(name, concern=args.concern, component=Component.SNAPSHOT_METRICS, replicas=1, pod=pod, opts=child)
        Service(
            name,
            metadata={
                "name": name,
                "namespace": args.concern.value,
                "labels": labels(args.concern, Component.SNAPSHOT_METRICS),
            },
            spec=manifest(
                {
                    "selector": selector(Component.SNAPSHOT_METRICS),
                    "ports": [{"name": "metrics", "port": PORT, "targetPort": "metrics"}],
                }
            ),
            opts=child,
        )
        pod_monitor(snapshot_metrics_endpoint(args.concern), child)
        self.register_outputs({})


def snapshot_metrics_endpoint(concern: Concern) -> Endpoint:
    """Return the exporter of one concern, as connections name it."""
    return Endpoint(
        name=f"{concern.value}-snapshot-metrics",
        namespace=concern.value,
        pods=selector(Component.SNAPSHOT_METRICS),
        ports={"metrics": PORT},
    )
