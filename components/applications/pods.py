"""What Kubernetes tells of an application's Deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.applications.measured import Measure
from components.signals.objectives import RATE
from components.signals.promql import recent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.applications.measured import Source
    from components.applications.signals_settings import PodsSettings
    from components.signals.recordings import Recording


def available(source: Source, deployment: str) -> Recording:
    """Return how many pods of a Deployment work; none for one that isn't there, as long as anybody tells of any."""
    where = f'namespace="{source.settings.namespace}", deployment="{deployment}"'
    told = recent(f"kube_deployment_status_replicas_available{{{where}}}")
    return source.recorded("pods_available:max", deployment, f"max({told}) or 0 * max({recent('kube_node_info')})")


def uptime(source: Source, deployment: str) -> Recording:
    """Return the share of a day in which a Deployment has a pod that works."""
    up = f"avg_over_time(({available(source, deployment).series} >= bool 1)[1d:1m])"
    return source.recorded("uptime:ratio1d", deployment, up)


def saturation(source: Source, pods: PodsSettings) -> Iterator[Measure]:
    """Return how much of its limits the container uses that is worst off."""
    mine = f'namespace="{source.settings.namespace}", pod=~"({"|".join(pods.deployments)})-.+", container!=""'
    by = "by (pod, container)"
    used = {
        "cpu": f"sum {by} (rate(container_cpu_usage_seconds_total{{{mine}}}{RATE}))",
        "memory": f"max {by} ({recent(f'container_memory_working_set_bytes{{{mine}}}')})",
    }
    for resource, limits, family in (
        ("cpu", pods.cpu, "ApplicationBusy"),
        ("memory", pods.memory, "ApplicationMemoryHigh"),
    ):
        limit = recent(f'kube_pod_container_resource_limits{{{mine}, resource="{resource}"}}')
        share = f"max({used[resource]} / max {by} ({limit}))"
        yield Measure(
            recording=source.recorded(f"{resource}_used:ratio", "pods", share),
            title=f"{resource} against its limit",
            unit="percentunit",
            family=family,
            limits=limits,
        )
