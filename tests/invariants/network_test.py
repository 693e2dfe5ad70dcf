"""No pod is reachable that no connection names, and every connection is open at both ends."""

from __future__ import annotations


def selects(labels, selector):
    return selector.get("matchLabels", {}).items() <= labels.items()


def policies(stack, direction):
    return [p for p in stack.of_kind("NetworkPolicy") if p.inputs["spec"]["policyTypes"] == [direction]]


def test_every_namespace_denies_both_ways_by_default(stack):
    for namespace in stack.of_kind("Namespace"):
        denying = [
            policy
            for policy in stack.of_kind("NetworkPolicy")
            if policy.namespace == namespace.object_name
            and policy.inputs["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
        ]
        assert len(denying) == 1


def test_names_can_be_resolved_over_udp_and_tcp(stack):
    for policy in stack.of_kind("NetworkPolicy"):
        if policy.object_name == "dns":
            ports = policy.inputs["spec"]["egress"][0]["ports"]
            assert {(port["protocol"], port["port"]) for port in ports} == {("UDP", 53), ("TCP", 53)}
            return
    raise AssertionError("no policy opens DNS")


def test_no_policy_opens_a_port_on_which_nothing_listens(stack):
    for policy in policies(stack, "Ingress"):
        selector = policy.inputs["spec"]["podSelector"]
        opened = {port["port"] for rule in policy.inputs["spec"]["ingress"] for port in rule["ports"]}
        servers = [w for w in stack.speakers if w.namespace == policy.namespace and selects(w.pod_labels, selector)]
        assert servers, f"{policy.name} selects nobody"
        for server in servers:
            assert opened <= set(server.ports.values()), policy.name


def test_each_half_of_a_connection_has_its_other_half(stack):
    def halves(direction, suffix):
        return {
            policy.name.removesuffix(suffix) for policy in policies(stack, direction) if policy.name.endswith(suffix)
        }

    outside = {
        policy.name.removesuffix("-egress")
        for policy in policies(stack, "Egress")
        if any("ipBlock" in peer for rule in policy.inputs["spec"]["egress"] for peer in rule["to"])
    }
    # Clients in namespaces of others: what they may send to is theirs to say.
    foreign = {
        policy.name.removesuffix("-ingress")
        for policy in policies(stack, "Ingress")
        if any("podSelector" not in peer for rule in policy.inputs["spec"]["ingress"] for peer in rule["from"])
    }
    assert foreign <= {
        "visitors-to-grafana-http", "applications-to-collector-otlp-grpc", "applications-to-collector-otlp-http"
    }  # fmt: skip
    assert halves("Egress", "-egress") - outside == halves("Ingress", "-ingress") - foreign


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
