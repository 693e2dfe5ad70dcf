"""The Kubernetes cluster: volumes, pods and nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.exporters.node_alerts import (
    CPU_SHARE,
    MEMORY_SHARE,
    disks_of_node,
    memory_of_node,
    node_alerts,
)
from components.observability.exporters.pod_usage import used_by_pods
from components.observability.exporters.volume_alerts import VOLUME_FULL, VOLUME_LOW, volume_alerts
from components.observability.exporters.workload_alerts import (
    MEMORY_SHARE as POD_MEMORY_SHARE,
)
from components.observability.exporters.workload_alerts import (
    QUOTA_SHARE,
    failed_jobs,
    memory_used,
    quota_used,
    unready_pods,
    workload_alerts,
    workloads_lacking,
)
from components.signals.offer import Board, Signals
from components.signals.panels import Query, Row, StatPanel, TimeSeriesPanel
from components.signals.promql import in_platform

if TYPE_CHECKING:
    from components.settings.stack import StackSettings

_RESTARTS = "kube_pod_container_status_restarts_total"
_POD = "{{namespace}}/{{pod}}"
_FULL = ((VOLUME_LOW, "orange"), (VOLUME_FULL, "red"))


def _volume_used() -> str:
    available, capacity = (in_platform(f"kubelet_volume_stats_{what}_bytes") for what in ("available", "capacity"))
    return f"1 - {available} / {capacity}"


def signals(stack: StackSettings) -> Signals:  # noqa: ARG001 - every room is asked alike
    """Return the signals of the cluster, of which kube-state-metrics, node_exporter and the kubelets tell."""
    return Signals(
        name="cluster",
        board=Board.CLUSTER,
        stats=[
            StatPanel(
                title="Fullest volume",
                description="Share of the fullest volume that is used. Stores refuse writes from 85 to 95 % "
                "on, and no store can restart on a full disk.",
                unit="percentunit",
                query=f"max({_volume_used()})",
                levels=_FULL,
            ),
            StatPanel(
                title="Pods not ready",
                description="Pods that should serve and don't; finished jobs are not counted.",
                unit="short",
                query=f"count({unready_pods()}) or 0 * count(kube_pod_status_ready)",
                levels=((1, "orange"),),
            ),
            StatPanel(
                title="Restarts in an hour",
                description="Containers that ended and were started again. A pod that does so again and again is "
                "below, by name.",
                unit="short",
                query=f"sum(increase({in_platform(_RESTARTS)}[1h]))",
                levels=((1, "orange"),),
            ),
            StatPanel(
                title="Nodes not ready",
                description="Machines that don't tell Kubernetes that they are well.",
                unit="short",
                query='sum(kube_node_status_condition{condition="Ready", status="true"} == bool 0)',
                levels=((1, "red"),),
            ),
        ],
        rows=[_workloads(), _pods(), used_by_pods(), _volumes(), _nodes()],
        alerts=[*workload_alerts(), *volume_alerts(), *node_alerts()],
    )


def _workloads() -> Row:
    return Row(
        "Workloads",
        [
            TimeSeriesPanel(
                title="Pods that are lacking",
                description="Pods that each Deployment, StatefulSet and DaemonSet should have and has not.",
                unit="short",
                queries=[Query(workloads_lacking(), "{{namespace}}/{{workload}}")],
                levels=((1, "red"),),
            ),
            TimeSeriesPanel(
                title="Failed jobs",
                description="Jobs that failed and are not cleaned up yet; the log of their last pod says why.",
                unit="short",
                queries=[
                    Query(failed_jobs(), "{{namespace}}/{{job_name}}"),
                ],
            ),
            TimeSeriesPanel(
                title="Quota used",
                description="Share of each namespace's quota that its pods and claims ask for. It is computed from the "
                "sizes in the stack file, with half again for updates and jobs.",
                unit="percentunit",
                queries=[Query(quota_used(), "{{namespace}}: {{resource}}")],
                levels=((QUOTA_SHARE, "red"),),
            ),
        ],
    )


def _volumes() -> Row:
    return Row(
        "Volumes",
        [
            TimeSeriesPanel(
                title="Used",
                description="Share of each volume that is used. A disk grows by its key in the stack file.",
                unit="percentunit",
                queries=[
                    Query(
                        f"max by (namespace, persistentvolumeclaim) ({_volume_used()})",
                        "{{namespace}}/{{persistentvolumeclaim}}",
                    )
                ],
                levels=_FULL,
            ),
            TimeSeriesPanel(
                title="Full in four days",
                description="What would be free in four days if each volume fills as in the last six hours; zero and "
                "below is full.",
                unit="bytes",
                queries=[
                    Query(
                        "min by (namespace, persistentvolumeclaim) "
                        f"(predict_linear({in_platform('kubelet_volume_stats_available_bytes')}[6h], 345600)) < 1e10",
                        "{{namespace}}/{{persistentvolumeclaim}}",
                    )
                ],
            ),
        ],
    )


def _pods() -> Row:
    return Row(
        "Pods",
        [
            TimeSeriesPanel(
                title="Not ready, by pod",
                description="Pods that should serve and don't.",
                unit="short",
                queries=[Query(f"max by (namespace, pod) ({unready_pods()})", _POD)],
            ),
            TimeSeriesPanel(
                title="Restarts, by pod",
                description="Restarts in the hour before.",
                unit="short",
                queries=[
                    Query(
                        f"sum by (namespace, pod) (increase({in_platform(_RESTARTS)}[1h])) > 0",
                        _POD,
                    )
                ],
            ),
            TimeSeriesPanel(
                title="Memory against its limit",
                description="Working set of containers as a share of their limit; only those above 80 %. At 100 % the "
                "kernel ends them.",
                unit="percentunit",
                queries=[
                    Query(f"{memory_used()} > {CPU_SHARE}", "{{namespace}}/{{pod}}/{{container}}"),
                ],
                levels=((POD_MEMORY_SHARE, "red"),),
            ),
        ],
    )


def _nodes() -> Row:
    return Row(
        "Machines",
        [
            TimeSeriesPanel(
                title="Processors busy",
                description="Share of each machine's processors that is not idle.",
                unit="percentunit",
                queries=[
                    Query('1 - avg by (node) (rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))', "{{node}}")
                ],
                levels=((CPU_SHARE, "red"),),
            ),
            TimeSeriesPanel(
                title="Memory used",
                description="Share of each machine's memory that nothing else could have.",
                unit="percentunit",
                queries=[Query(memory_of_node(), "{{node}}")],
                levels=((MEMORY_SHARE, "red"),),
            ),
            TimeSeriesPanel(
                title="Disks of the machine used",
                description="Share of each of the machine's own disks: images, logs and what pods write beside their "
                "volumes. Images and logs may have a disk of their own.",
                unit="percentunit",
                queries=[Query(disks_of_node(), "{{node}} {{device}}")],
                levels=_FULL,
            ),
        ],
    )
