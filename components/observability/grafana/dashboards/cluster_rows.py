"""Rows about the Kubernetes cluster: volumes, pods and nodes."""

from __future__ import annotations

from components.observability.grafana.dashboards.panels import Query, Row, TimeSeriesPanel

_LIVE_PODS = 'kube_pod_status_phase{phase=~"Pending|Running|Unknown"} == 1'
UNREADY_PODS = f'kube_pod_status_ready{{condition=~"false|unknown"}} == 1 and on (namespace, pod) ({_LIVE_PODS})'
VOLUME_USED = "1 - kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes"
FULL = ((0.8, "orange"), (0.9, "red"))


def volumes() -> Row:
    """Return the row of how full volumes are and will be."""
    return Row(
        "Volumes",
        [
            TimeSeriesPanel(
                title="Used",
                description="Share of each volume that is used. A disk grows by its key in the stack file.",
                unit="percentunit",
                queries=[
                    Query(
                        f"max by (namespace, persistentvolumeclaim) ({VOLUME_USED})",
                        "{{namespace}}/{{persistentvolumeclaim}}",
                    )
                ],
                levels=FULL,
                span=12,
            ),
            TimeSeriesPanel(
                title="Full in four days",
                description="What would be free in four days if each volume fills as in the last six hours; zero and "
                "below is full.",
                unit="bytes",
                queries=[
                    Query(
                        "min by (namespace, persistentvolumeclaim) "
                        "(predict_linear(kubelet_volume_stats_available_bytes[6h], 345600)) < 1e10",
                        "{{namespace}}/{{persistentvolumeclaim}}",
                    )
                ],
                span=12,
            ),
        ],
    )


def pods() -> Row:
    """Return the row of which pods are not well."""
    return Row(
        "Pods",
        [
            TimeSeriesPanel(
                title="Not ready, by pod",
                description="Pods that should serve and don't.",
                unit="short",
                queries=[Query(f"max by (namespace, pod) ({UNREADY_PODS})", "{{namespace}}/{{pod}}")],
            ),
            TimeSeriesPanel(
                title="Restarts, by pod",
                description="Restarts in the hour before.",
                unit="short",
                queries=[
                    Query(
                        "sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total[1h])) > 0",
                        "{{namespace}}/{{pod}}",
                    )
                ],
            ),
            TimeSeriesPanel(
                title="Memory against its limit",
                description="Working set of containers as a share of their limit; only those above 80 %. At 100 % the "
                "kernel ends them.",
                unit="percentunit",
                queries=[
                    Query(
                        "max by (namespace, pod, container) (container_memory_working_set_bytes) "
                        "/ max by (namespace, pod, container) "
                        '(kube_pod_container_resource_limits{resource="memory"}) > 0.8',
                        "{{namespace}}/{{pod}}/{{container}}",
                    )
                ],
                levels=((0.95, "red"),),
            ),
        ],
    )


def nodes() -> Row:
    """Return the row of how busy and how full machines are."""
    return Row(
        "Nodes",
        [
            TimeSeriesPanel(
                title="Processors busy",
                description="Share of each machine's processors that is not idle.",
                unit="percentunit",
                queries=[
                    Query(
                        '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))',
                        "{{instance}}",
                    )
                ],
            ),
            TimeSeriesPanel(
                title="Memory used",
                description="Share of each machine's memory that nothing else could have.",
                unit="percentunit",
                queries=[
                    Query(
                        "max by (instance) (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)",
                        "{{instance}}",
                    )
                ],
                levels=((0.9, "red"),),
            ),
            TimeSeriesPanel(
                title="Disk of the machine used",
                description="Share of the machine's own disk: images, logs and what pods write beside their volumes.",
                unit="percentunit",
                queries=[
                    Query(
                        'max by (instance) (1 - node_filesystem_avail_bytes{mountpoint="/"} '
                        '/ node_filesystem_size_bytes{mountpoint="/"})',
                        "{{instance}}",
                    )
                ],
                levels=FULL,
            ),
        ],
    )
