"""What is told of nodes, containers and objects, and what is not."""

from __future__ import annotations

import re

import pytest

from components.observability.exporters import kube_state_metrics as state_metrics
from components.observability.exporters import node_exporter
from components.observability.prometheus import scraping
from tests.harness.declare import real_stack

NODE_FIGURES = (
    "container_cpu_usage_seconds_total",
    "container_cpu_cfs_throttled_periods_total",
    "container_memory_working_set_bytes",
    "container_network_receive_bytes_total",
    "container_fs_usage_bytes",
    "container_oom_events_total",
    "kubelet_volume_stats_available_bytes",
    "kubelet_running_pods",
    "kubelet_pod_worker_duration_seconds_bucket",
    "kubelet_runtime_operations_errors_total",
)
"""What alerts and panels about nodes and containers ask for."""


@pytest.mark.parametrize("metric", NODE_FIGURES)
def test_what_panels_about_nodes_ask_for_is_not_dropped(metric):
    for job in scraping.scrape_jobs():
        for rule in job["metric_relabel_configs"]:
            if rule["source_labels"] == ["__name__"]:
                assert not re.fullmatch(rule["regex"], metric), f"{job['job_name']} drops it"


def test_groups_above_pods_are_dropped_and_the_node_itself_is_kept():
    (rule,) = (r for r in scraping.scrape_jobs()[1]["metric_relabel_configs"] if r["source_labels"] == ["id", "pod"])
    assert re.fullmatch(rule["regex"], "/kubepods.slice/kubepods-besteffort.slice;")
    assert not re.fullmatch(rule["regex"], "/;")
    assert not re.fullmatch(rule["regex"], "/kubepods.slice/kubepods-pod1.slice;opensearch-0")


def test_kube_state_metrics_tells_exactly_what_it_may_look_at():
    told = next(w for w in state_metrics.arguments() if w.startswith("--resources=")).partition("=")[2].split(",")
    allowed = [
        r
        for rule in real_stack("prod").one("ClusterRole", "kube-state-metrics").inputs["rules"]
        for r in rule["resources"]
    ]
    assert sorted(told) == sorted(allowed)
    monitor = real_stack("prod").one("PodMonitor", "kube-state-metrics-metrics")
    asked = {endpoint["port"]: endpoint["honorLabels"] for endpoint in monitor.inputs["spec"]["podMetricsEndpoints"]}
    assert asked == {"metrics": True, "own-metrics": False}


def test_node_exporter_sees_the_node_and_can_change_nothing():
    pod = real_stack("prod").one("DaemonSet", "node-exporter").pod
    assert pod is not None
    assert not {"hostNetwork", "hostPID", "hostIPC"} & {key for key, value in pod.items() if value}
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["automountServiceAccountToken"] is False
    (mount,) = pod["containers"][0]["volumeMounts"]
    assert mount["readOnly"]
    assert pod["tolerations"] == [{"operator": "Exists"}]


def test_node_exporter_never_tells_its_own_network_as_the_nodes():
    words = node_exporter.arguments()
    assert "--collector.disable-defaults" in words
    on = {word.removeprefix("--collector.") for word in words if re.fullmatch("--collector.[a-z_]+", word)}
    assert "uname" not in on, "it tells the name of the pod"
    assert not on & {"netdev", "netclass", "netstat", "sockstat", "conntrack", "arp", "udp_queues", "softnet"}
    assert {"cpu", "meminfo", "filesystem", "diskstats", "loadavg"} <= on


@pytest.mark.parametrize(
    ("kind", "mount_point", "told"),
    [
        ("ext4", "/", True),
        ("xfs", "/data", True),
        ("ext4", "/var/lib/kubelet/pods/1/volumes/x", False),
        ("xfs", "/var/lib/containerd", True),
        ("xfs", "/var/lib/kubelet", True),
        ("overlay", "/run/containerd/io.containerd/rootfs", False),
        ("tmpfs", "/scratch", False),
        ("vfat", "/boot/efi", True),
        ("ext4", "/device-data", True),
    ],
)
def test_of_file_systems_only_the_nodes_own_disks_are_told(kind, mount_point, told):
    seen = not re.search(node_exporter.FILESYSTEMS, kind) and not re.search(node_exporter.MOUNT_POINTS, mount_point)
    assert seen is told
