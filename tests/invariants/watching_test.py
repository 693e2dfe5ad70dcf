"""Every workload is watched, and whoever watches is let in."""

from __future__ import annotations

from components.foundation.labels import selector
from components.observability.exporters import kube_state_metrics
from components.observability.prometheus import configuration as prometheus
from components.stores.chroma import workloads as chroma
from components.stores.opensearch import workloads as opensearch

SPOKEN_FOR = {
    opensearch.NODE.name: opensearch.METRICS_EXPORTER.name,
    # Neither has metrics of its own; that they are there, ready and within their memory is told by others.
    opensearch.CONSOLE.name: kube_state_metrics.WORKLOAD.name,
    chroma.SERVER.name: kube_state_metrics.WORKLOAD.name,
}
"""Who speaks for what has no metrics of its own."""

LASTING = ("StatefulSet", "Deployment", "DaemonSet")


def lasting(stack):
    return [*stack.of_kind(*LASTING), *stack.operated]


def monitors(stack):
    return stack.of_kind("PodMonitor")


def chosen(stack, monitor):
    labels = monitor.inputs["spec"]["selector"]["matchLabels"].items()
    return [w for w in lasting(stack) if w.namespace == monitor.namespace and labels <= w.pod_labels.items()]


def component(workload):
    return workload.pod_labels["app.kubernetes.io/component"]


def test_every_lasting_workload_is_watched_or_spoken_for(stack):
    watched = [workload for monitor in monitors(stack) for workload in chosen(stack, monitor)]
    for workload in lasting(stack):
        speaker = SPOKEN_FOR.get(component(workload))
        if speaker is None:
            assert workload in watched, f"nobody watches {workload.name}"
        else:
            assert speaker in {component(other) for other in watched}, f"nobody watches who speaks for {workload.name}"


def test_every_monitor_finds_pods_and_a_port_that_they_have(stack):
    assert len(monitors(stack)) >= 14
    for monitor in monitors(stack):
        found = chosen(stack, monitor)
        assert found, monitor.name
        for endpoint in monitor.inputs["spec"]["podMetricsEndpoints"]:
            assert all(endpoint["port"] in workload.ports for workload in found), monitor.name


def test_prometheus_is_let_in_wherever_it_asks(stack):
    asking = selector(prometheus.WORKLOAD).items()
    opened = set()
    for policy in stack.of_kind("NetworkPolicy"):
        labels = tuple(sorted(policy.inputs["spec"]["podSelector"].get("matchLabels", {}).items()))
        for rule in policy.inputs["spec"].get("ingress", []):
            if any(asking <= p.get("podSelector", {}).get("matchLabels", {}).items() for p in rule["from"]):
                opened |= {(policy.namespace, labels, port["port"]) for port in rule["ports"]}
    for monitor in monitors(stack):
        labels = tuple(sorted(monitor.inputs["spec"]["selector"]["matchLabels"].items()))
        for endpoint in monitor.inputs["spec"]["podMetricsEndpoints"]:
            numbers = {workload.ports[endpoint["port"]] for workload in chosen(stack, monitor)}
            assert {(monitor.namespace, labels, number) for number in numbers} <= opened, monitor.name


def test_prometheus_finds_monitors_and_namespaces_by_the_labels_that_they_carry(stack):
    (prometheus,) = [found for found in stack.operated if found.kind == "Prometheus"]
    spec = prometheus.inputs["spec"]
    for monitor in monitors(stack):
        there = stack.one("Namespace", monitor.namespace).inputs["metadata"]["labels"]
        assert spec["podMonitorSelector"]["matchLabels"].items() <= monitor.inputs["metadata"]["labels"].items()
        assert spec["podMonitorNamespaceSelector"]["matchLabels"].items() <= there.items()


def test_prometheus_may_list_pods_exactly_where_there_are_monitors(stack):
    bound = {one.namespace for one in stack.of_kind("RoleBinding") if one.object_name == "prometheus"}
    assert bound == {monitor.namespace for monitor in monitors(stack)}
