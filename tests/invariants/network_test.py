"""No pod is reachable that no connection names, and every connection is open at both ends."""

from __future__ import annotations

import json
import re

import pytest

from tests.harness.declare import STACKS, real_stack, stack_settings

HOST = re.compile(r"([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?![a-z0-9.-])(?::(\d+))?")
"""A Service's name in DNS, with the port that is asked there."""

GOVERNING = {"Prometheus": "prometheus-operated", "Alertmanager": "alertmanager-operated"}
"""Services that the Prometheus Operator makes for the pods that it makes."""


def selects(labels, selector):
    return selector.get("matchLabels", {}).items() <= labels.items()


def policies(stack, direction):
    return [p for p in stack.of_kind("NetworkPolicy") if p.inputs["spec"]["policyTypes"] == [direction]]


def test_every_namespace_denies_both_ways_by_default(stack):
    for namespace in stack.of_kind("Namespace"):
        (spec,) = [
            policy.inputs["spec"]
            for policy in stack.of_kind("NetworkPolicy")
            if policy.namespace == namespace.object_name and policy.inputs["spec"]["podSelector"] == {}
        ]
        assert spec["policyTypes"] == ["Ingress", "Egress"]
        assert spec.keys() == {"podSelector", "policyTypes", "egress"}, "something may come in"
        (names,) = spec["egress"]
        assert {(port["protocol"], port["port"]) for port in names["ports"]} == {("UDP", 53), ("TCP", 53)}
        assert all({"podSelector", "namespaceSelector"} == peer.keys() or "ipBlock" in peer for peer in names["to"])


def test_no_policy_opens_a_port_on_which_nothing_listens(stack):
    for policy in policies(stack, "Ingress"):
        selector = policy.inputs["spec"]["podSelector"]
        opened = {port["port"] for rule in policy.inputs["spec"]["ingress"] for port in rule["ports"]}
        servers = [w for w in stack.speakers if w.namespace == policy.namespace and selects(w.pod_labels, selector)]
        assert servers, f"{policy.name} selects nobody"
        for server in servers:
            assert opened <= set(server.ports.values()), policy.name


def paths(stack, direction):
    """Every path between pods that policies of one direction open: client, server, protocol and port."""
    peers = "to" if direction == "Egress" else "from"
    for policy in policies(stack, direction):
        if policy.object_name == "default-deny":
            continue
        own = (policy.namespace, frozenset(policy.inputs["spec"]["podSelector"]["matchLabels"].items()))
        for rule in policy.inputs["spec"][direction.lower()]:
            for peer in rule[peers]:
                # Addresses outside, and clients in namespaces of others: the other half is not this stack's.
                if "podSelector" not in peer:
                    continue
                namespace = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
                other = (namespace, frozenset(peer["podSelector"]["matchLabels"].items()))
                ends = (own, other) if direction == "Egress" else (other, own)
                yield from ((*ends, port["protocol"], port["port"]) for port in rule["ports"])


def test_each_half_of_a_connection_has_its_other_half(stack):
    found = set(paths(stack, "Egress"))
    assert len(found) > 30
    assert found == set(paths(stack, "Ingress"))


@pytest.mark.parametrize("name", STACKS)
def test_who_has_a_token_of_the_kubernetes_api_reaches_it_and_nobody_else_does(name):
    stack, api = real_stack(name), stack_settings(name).cluster.api_server
    opened = {
        "to": [{"ipBlock": {"cidr": cidr}} for cidr in api.cidrs],
        "ports": [{"protocol": "TCP", "port": api.port}],
    }
    reaching = [policy for policy in policies(stack, "Egress") if opened in policy.inputs["spec"].get("egress", [])]
    for workload in stack.workloads:
        reaches = any(
            policy.namespace == workload.namespace
            and selects(workload.pod_labels, policy.inputs["spec"]["podSelector"])
            for policy in reaching
        )
        assert reaches == (workload.pod or {})["automountServiceAccountToken"], workload.name


def test_only_grafana_and_the_collector_are_open_to_namespaces_of_others(stack):
    foreign = {
        policy.name
        for policy in policies(stack, "Ingress")
        if any("podSelector" not in peer for rule in policy.inputs["spec"]["ingress"] for peer in rule["from"])
    }
    assert foreign <= {"grafana-ingress", "collector-ingress"}


def test_no_rule_is_open_to_everybody(stack):
    for direction, peers in (("Ingress", "from"), ("Egress", "to")):
        for policy in policies(stack, direction):
            for rule in policy.inputs["spec"].get(direction.lower(), []):
                assert rule[peers], policy.name
                for peer in rule[peers]:
                    assert peer.get("ipBlock", {}).get("cidr") != "0.0.0.0/0", policy.name
                    named = peer.get("namespaceSelector", {}).get("matchExpressions", [{}])[0].get("values")
                    assert "ipBlock" in peer or named or peer["podSelector"].get("matchLabels"), policy.name


def test_every_client_selects_pods_that_exist(stack):
    for policy in policies(stack, "Egress"):
        selector = policy.inputs["spec"]["podSelector"]
        assert any(w.namespace == policy.namespace and selects(w.pod_labels, selector) for w in stack.speakers)


def test_every_service_leads_to_pods_that_listen_there(stack):
    for service in stack.of_kind("Service"):
        spec = service.inputs["spec"]
        servers = [w for w in stack.speakers if spec["selector"].items() <= w.pod_labels.items()]
        assert servers, service.name
        for server in servers:
            assert {port["targetPort"] for port in spec["ports"]} <= set(server.ports)


def test_every_host_that_is_written_anywhere_is_a_service_with_that_port(stack):
    listening = {(GOVERNING[one.kind], one.namespace): set(one.ports.values()) for one in stack.operated}
    for service in stack.of_kind("Service"):
        spec = service.inputs["spec"]
        servers = [w for w in stack.speakers if spec["selector"].items() <= w.pod_labels.items()]
        # A headless one is the pods themselves: they answer on all their ports.
        numbers = {number for server in servers for number in server.ports.values()}
        named = numbers if spec.get("clusterIP") == "None" else {port["port"] for port in spec["ports"]}
        listening[service.object_name, service.namespace] = named
    written = {found for one in stack.resources for found in HOST.findall(json.dumps(one.inputs, default=str))}
    assert len({host for host, *_ in written}) >= 8
    for host, namespace, port in written:
        assert (host, namespace) in listening, f"nothing is called {host}.{namespace}.svc"
        assert not port or int(port) in listening[host, namespace], f"{host}.{namespace}.svc doesn't listen on {port}"
