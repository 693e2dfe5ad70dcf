"""What Prometheus asks the nodes themselves: the kubelet, and the containers' figures that it keeps (cAdvisor)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from components.foundation.connections import ExternalEndpoint

if TYPE_CHECKING:
    from components.settings.cluster import ClusterSettings

PORT = 10250
ACCOUNT_FILES = "/var/run/secrets/kubernetes.io/serviceaccount"

KUBELET_DROPPED = (
    "apiserver_.*",
    "rest_client_(request_duration|request_size|response_size|rate_limiter_duration)_.*",
    "kubelet_(cgroup_manager|http_requests|runtime_operations)_duration_seconds_bucket",
    "(csi_operations|storage_operation_duration|workqueue_(queue|work)_duration)_seconds_bucket",
    "(kubernetes_feature_enabled|get_token_.*)",
)
"""Histograms of the kubelet that nobody's panel shows; together most of what it says."""

CADVISOR_DROPPED = (
    "container_(tasks_state|file_descriptors|sockets|threads|threads_max|ulimits_soft|last_seen)",
    "container_cpu_(load_average_10s|load_d_average_10s|system_seconds_total|user_seconds_total)",
    "container_fs_(io_current|io_time_.*|reads_merged_total|sector_.*|writes_merged_total|inodes_.*)",
    "container_memory_(mapped_file|swap|kernel_usage|failures_total)",
    "container_(blkio_device_usage_total|network_(tcp|tcp6|udp|udp6|advance_tcp_stats)_.*|spec_.*)",
)
"""Of each container, what the memory and the processor can be judged without (as kube-prometheus does)."""


def kubelets(cluster: ClusterSettings) -> ExternalEndpoint:
    """Return where the kubelets are: at the nodes' addresses, which are no pods."""
    return ExternalEndpoint(name="kubelets", cidrs=cluster.node_cidrs, ports={"https": PORT})


def scrape_jobs() -> list[dict[str, Any]]:
    """Return the jobs that no monitor describes, in Prometheus' own words.

    The operator's way is to keep a Service of all nodes up to date in kube-system; Prometheus can find nodes itself.
    """
    return [
        _node_job("kubelet", "/metrics", [_dropped(*KUBELET_DROPPED)]),
        _node_job(
            "cadvisor",
            "/metrics/cadvisor",
            [
                _dropped(*CADVISOR_DROPPED),
                # Groups above pods add up what their pods show, which a query does too; the node's sum has id "/".
                {"source_labels": ["id", "pod"], "regex": "/.+;", "action": "drop"},
                # Interfaces of network plugins: one on the host for each pod, a new name for each.
                {
                    "source_labels": ["__name__", "interface"],
                    "regex": "container_network_.*;(cali|cilium|cni|eni|lxc|nodelocaldns|tunl|veth).*",
                    "action": "drop",
                },
            ],
        ),
    ]


def written() -> str:
    """Return the jobs as the file that the operator appends to what it makes of monitors."""
    return yaml.safe_dump(scrape_jobs(), sort_keys=False)


def _dropped(*names: str) -> dict[str, Any]:
    return {"source_labels": ["__name__"], "regex": "|".join(names), "action": "drop"}


def _node_job(name: str, path: str, drops: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "job_name": name,
        "scheme": "https",
        "metrics_path": path,
        "kubernetes_sd_configs": [{"role": "node"}],
        "authorization": {"credentials_file": f"{ACCOUNT_FILES}/token"},
        # The token goes to nobody whom the cluster's authority doesn't vouch for (docs/decisions/0020).
        "tls_config": {"ca_file": f"{ACCOUNT_FILES}/ca.crt"},
        "relabel_configs": [{"source_labels": ["__meta_kubernetes_node_name"], "target_label": "node"}],
        "metric_relabel_configs": drops,
    }
