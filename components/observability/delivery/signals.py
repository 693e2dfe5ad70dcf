"""Delivery: is what was declared last also what runs, and what did it change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.signals.offer import Signals
from components.signals.panels import BarsPanel, Query, Row, StatPanel, TimeSeriesPanel
from components.signals.promql import in_platform

if TYPE_CHECKING:
    from components.settings.stack import StackSettings

KINDS = {
    "deployment": ("kube_deployment_spec_replicas", "kube_deployment_status_replicas_updated"),
    "statefulset": ("kube_statefulset_replicas", "kube_statefulset_status_replicas_updated"),
    "daemonset": (
        "kube_daemonset_status_desired_number_scheduled",
        "kube_daemonset_status_updated_number_scheduled",
    ),
}
"""Kinds of workloads: how many pods each should have, and how many are as it was declared last."""

_FAILED = in_platform("kube_job_failed", 'condition="true"')


def signals(stack: StackSettings) -> Signals:  # noqa: ARG001 - every room is asked alike
    """Return the signals of delivery, of which Kubernetes tells; drift and promotions are told by the workflows."""
    return Signals(
        name="delivery",
        title="Delivery",
        stats=[
            StatPanel(
                title="Pods that are not as declared",
                description="Pods of a revision before the newest, on the whole platform. During an update there are "
                "some; afterwards a job or an update stands.",
                unit="short",
                query=f"sum({_outdated()}) or 0 * count(kube_deployment_spec_replicas)",
            ),
            StatPanel(
                title="Workloads that change",
                description="Deployments, StatefulSets and DaemonSets with such pods.",
                unit="short",
                query=f"count({_outdated()}) or 0 * count(kube_deployment_spec_replicas)",
            ),
            StatPanel(
                title="Pods started in the last hour",
                description="After an update as many as it restarted; at other times restarts that nobody asked for.",
                unit="short",
                query=f"count(time() - {in_platform('kube_pod_start_time')} < 3600) "
                "or 0 * count(kube_deployment_spec_replicas)",
            ),
        ],
        rows=[
            Row(
                "What changes",
                [
                    TimeSeriesPanel(
                        title="Pods of a revision before, by workload",
                        description="It falls to nothing as an update goes on. A line that stays level is an update "
                        "that waits: the log of its job says for what.",
                        unit="short",
                        queries=[Query(_outdated(), "{{namespace}}/{{workload}}")],
                    ),
                    BarsPanel(
                        title="Pods, by image",
                        description="Which versions run now, and in how many pods.",
                        unit="short",
                        queries=[
                            Query(f"count by (image_spec) ({in_platform('kube_pod_container_info')})", "{{image_spec}}")
                        ],
                    ),
                    TimeSeriesPanel(
                        title="Failed jobs of updates",
                        description="Jobs that configure and restart stores, and failed; their log says why.",
                        unit="short",
                        queries=[Query(f"max by (namespace, job_name) ({_FAILED}) > 0", "{{namespace}}/{{job_name}}")],
                    ),
                ],
            )
        ],
    )


def _outdated() -> str:
    """Return how many pods of each workload are not of its newest revision; nothing where all are."""
    found = []
    for kind, metrics in KINDS.items():
        wanted, updated = (
            f'max by (namespace, workload) (label_replace({in_platform(metric)}, "workload", "{kind}/$1", '
            f'"{kind}", "(.+)"))'
            for metric in metrics
        )
        found.append(f"({wanted} - {updated} > 0)")
    return " or ".join(found)
