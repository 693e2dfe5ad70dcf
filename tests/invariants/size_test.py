"""How many resources a stack has: an update's time and a reader's grow with each."""

from __future__ import annotations

from tests.harness.declare import real_stack

MOST = 392
"""The count only falls for what production has: lower the number with it. Only something new may raise it."""

FOR_PEOPLE = {"opensearch-console"}
"""Reached by `kubectl port-forward`, which no policy of the network is asked about."""


def test_production_has_no_more_resources_than_it_needs():
    assert len(real_stack("prod").resources) <= MOST


def test_no_service_is_there_that_nobody_asks():
    prod = real_stack("prod")
    asked = {
        (policy.namespace, frozenset(policy.inputs["spec"]["podSelector"]["matchLabels"].items()))
        for policy in prod.of_kind("NetworkPolicy")
        for rule in policy.inputs["spec"].get("ingress", [])
        for peer in rule["from"]
        if peer.get("podSelector", {}).get("matchLabels", {}).get("app.kubernetes.io/component") != "prometheus"
    }
    for service in prod.of_kind("Service"):
        if service.object_name in FOR_PEOPLE:
            continue
        chosen = service.inputs["spec"]["selector"].items()
        assert any(service.namespace == namespace and labels <= chosen for namespace, labels in asked), service.name
