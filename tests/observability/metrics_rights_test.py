"""The real operator does its work with exactly the rights that are declared for it, and not with fewer."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import pytest

from components.observability.prometheus.operator import CLUSTER_RULES, NAME, NAMESPACE, OWN_RULES
from tests.harness.cluster import need_programs
from tests.harness.declare import real_stack, stack_settings
from tests.harness.operated import apply, declare_objects
from tests.harness.operator import operator_as, stop_own_operator
from toolchain.cluster import Cluster
from toolchain.recipes import CLUSTER

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.programs

# Kinds that the platform has no objects of: it may not even look for them, and does without.
UNUSED = {"scrapeconfigs", "prometheusagents", "thanosrulers"}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with all that prod declares, and without the operator that local clusters run with all rights."""
    need_programs(*CLUSTER)
    made = Cluster(tmp_path_factory.mktemp("rights") / "cluster")
    made.start(stack_settings("prod").cluster.zones)
    try:
        stop_own_operator(made)
        declare_objects(real_stack("prod"), made)
        yield made
    finally:
        made.delete()


@pytest.fixture(autouse=True)
def all_rights(cluster: Cluster) -> Iterator[None]:
    yield
    apply(cluster, [role(OWN_RULES), cluster_role(CLUSTER_RULES)])


def arguments() -> list[str]:
    pod = real_stack("prod").one("Deployment", NAME).pod
    assert pod is not None
    return pod["containers"][0]["args"]


def role(rules: list[dict[str, Any]]) -> dict[str, Any]:
    declared = real_stack("prod").one("Role", NAME).inputs
    return {**declared, "rules": rules}


def cluster_role(rules: list[dict[str, Any]]) -> dict[str, Any]:
    declared = real_stack("prod").one("ClusterRole", NAME).inputs
    return {**declared, "rules": rules}


def without(rules: list[dict[str, Any]], resource: str, verb: str) -> list[dict[str, Any]]:
    """The rules but for one verb on one resource."""
    fewer = []
    for rule in copy.deepcopy(rules):
        others = [name for name in rule["resources"] if name != resource]
        if others:
            fewer.append({**rule, "resources": others})
        if resource in rule["resources"]:
            assert verb in rule["verbs"]
            left = [other for other in rule["verbs"] if other != verb]
            fewer += [{**rule, "resources": [resource], "verbs": left}] if left else []
    assert fewer != rules
    return fewer


def unmade(cluster: Cluster) -> None:
    """Take away what an operator made before, so that the next one has all its work to do."""
    made = (("statefulset", "prometheus-metrics"), ("service", "prometheus-operated"))
    for kind, name in made:
        cluster.kubectl("-n", str(NAMESPACE), "delete", kind, name, "--ignore-not-found", "--timeout=60s")


def test_prometheus_and_alertmanager_become_available_and_nothing_is_forbidden(cluster):
    with operator_as(NAME, str(NAMESPACE), arguments(), cluster) as operator:
        for server in ("prometheus/metrics", "alertmanager/alerts"):
            for condition in ("Reconciled", "Available"):
                cluster.kubectl("-n", str(NAMESPACE), "wait", server, f"--for=condition={condition}", "--timeout=60s")
        said = operator.said()
    assert "is forbidden: User" not in said
    refused = set(re.findall(r'missing permission on resource \\"([a-z]+)', said))
    assert refused == UNUSED


def test_a_changed_template_and_a_changed_claim_reach_the_stateful_set(cluster):
    claim = {"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "120Gi"}}}}
    changed = {"terminationGracePeriodSeconds": 700, "storage": {"volumeClaimTemplate": claim}}
    with operator_as(NAME, str(NAMESPACE), arguments(), cluster) as operator:
        patch_prometheus(cluster, changed)
        cluster.kubectl(
            "-n",
            str(NAMESPACE),
            "wait",
            "statefulset/prometheus-metrics",
            "--for=jsonpath={.spec.template.spec.terminationGracePeriodSeconds}=700",
            "--timeout=60s",
        )
        assert "is forbidden: User" not in operator.said()


def patch_prometheus(cluster: Cluster, spec: dict[str, Any]) -> None:
    declared = next(r.inputs for r in real_stack("prod").of_kind("Prometheus") if "apiVersion" in r.inputs)
    apply(cluster, [{**declared, "spec": {**declared["spec"], **spec}}])


@pytest.mark.parametrize(
    ("resource", "verb"),
    [
        ("prometheuses/status", "update"),
        ("prometheuses/status", "patch"),
        ("statefulsets", "create"),
        ("services", "create"),
        ("secrets", "update"),
        ("pods", "list"),
    ],
)
def test_it_fails_without_a_right_in_its_own_namespace(cluster, resource, verb):
    apply(cluster, [role(without(OWN_RULES, resource, verb))])
    unmade(cluster)
    kind = resource.partition("/")[0]
    with operator_as(NAME, str(NAMESPACE), arguments(), cluster) as operator:
        operator.wait_until_it_says(
            rf'cannot {verb} resource \\"{resource}\\"|missing permission on resource \\"{kind}\\"'
        )


@pytest.mark.parametrize(
    ("resource", "verb"), [("podmonitors", "list"), ("prometheusrules", "watch"), ("storageclasses", "get")]
)
def test_it_fails_without_a_right_in_the_cluster(cluster, resource, verb):
    apply(cluster, [cluster_role(without(CLUSTER_RULES, resource, verb))])
    with operator_as(NAME, str(NAMESPACE), arguments(), cluster) as operator:
        operator.wait_until_it_says(
            rf'cannot {verb} resource \\"{resource}\\"|missing permission on resource \\"{resource}\\"'
        )
