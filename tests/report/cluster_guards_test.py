"""What a change takes away from the guards of a cluster, and what only makes them stricter."""

from __future__ import annotations

import pytest

from ops.report.findings import Rank
from ops.report.schedules import runs_in_a_year
from tests.harness.declare import real_stack
from tests.harness.previews import state, step
from tests.report.aws_weakening_test import change, judged
from tests.report.weakening_test import BINDING, CRONJOB, POLICY, at

NAMESPACE = "kubernetes:core/v1:Namespace"
NETWORK = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
ENFORCE = "pod-security.kubernetes.io/enforce"
DENY = {"spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}}
WORLD = {"ipBlock": {"cidr": "0.0.0.0/0"}}
DELETES = {"operations": ["UPDATE", "DELETE"], "resources": ["persistentvolumeclaims"]}


def rule(**changes):
    return at("spec.matchConstraints.resourceRules.0", DELETES | changes)


def refusing(**more):
    return {"spec": {"validations": [{"expression": "a", "message": "no"}]} | more}


def labelled(**labels):
    return {"metadata": {"labels": labels}}


WEAKER = {
    "an expression that refuses nothing, in other words": (
        POLICY,
        refusing(),
        refusing(validations=[{"expression": "1 == 1 || a", "message": "no"}]),
    ),
    "a condition under which it holds at all": (
        POLICY,
        refusing(),
        refusing(matchConditions=[{"name": "a", "expression": "false"}]),
    ),
    "resources that it is not about": (
        POLICY,
        rule(),
        at("spec.matchConstraints", {"resourceRules": [DELETES], "excludeResourceRules": [DELETES]}),
    ),
    "fewer operations": (POLICY, rule(), rule(operations=["UPDATE"])),
    "other resources": (POLICY, rule(), rule(resources=["pods"])),
    "another variable": (
        POLICY,
        refusing(variables=[{"name": "a", "expression": "object.a"}]),
        refusing(variables=[{"name": "a", "expression": "true || object.a"}]),
    ),
    "other parameters": (
        POLICY,
        refusing(paramKind={"kind": "ConfigMap"}),
        refusing(paramKind={"kind": "Secret"}),
    ),
    "a binding for some namespaces": (
        BINDING,
        at("spec.policyName", "a"),
        {"spec": {"policyName": "a", "matchResources": {"namespaceSelector": {"matchLabels": {"a": "b"}}}}},
    ),
    "a namespace that allows every pod": (
        NAMESPACE,
        labelled(**{ENFORCE: "baseline"}),
        labelled(**{ENFORCE: "privileged"}),
    ),
    "a namespace that allows more pods": (
        NAMESPACE,
        labelled(**{ENFORCE: "restricted"}),
        labelled(**{ENFORCE: "baseline"}),
    ),
    "a namespace that says nothing of pods": (NAMESPACE, labelled(**{ENFORCE: "restricted"}), labelled()),
    "a label that a guard selects by": (NAMESPACE, labelled(guarded="yes"), labelled(guarded="no")),
    "a fence with a gate": (NETWORK, DENY, {"spec": {**DENY["spec"], "ingress": [{}]}}),
    "a fence with a gate for everybody": (NETWORK, DENY, {"spec": {**DENY["spec"], "egress": [{"to": [WORLD]}]}}),
    "a fence on one side": (NETWORK, DENY, {"spec": {**DENY["spec"], "policyTypes": ["Egress"]}}),
    "a fence around some pods": (NETWORK, DENY, at("spec.podSelector.matchLabels.a", "b")),
}


@pytest.mark.parametrize(("token", "before", "after"), WEAKER.values(), ids=WEAKER)
def test_a_guard_that_lets_more_through_is_named(token, before, after):
    (found,) = judged(change(token, before, after)).findings
    assert found.rank is Rank.WEAKENED


STRICTER = {
    "one more validation": (
        POLICY,
        refusing(),
        refusing(validations=[*refusing()["spec"]["validations"], {"expression": "b"}]),
    ),
    "another message": (POLICY, refusing(), refusing(validations=[{"expression": "a", "message": "never"}])),
    "more operations, in another order": (POLICY, rule(), rule(operations=["DELETE", "CREATE", "UPDATE"])),
    "a namespace that allows fewer pods": (
        NAMESPACE,
        labelled(**{ENFORCE: "baseline"}),
        labelled(**{ENFORCE: "restricted"}),
    ),
    "a label more": (NAMESPACE, labelled(), labelled(guarded="yes")),
    "a fence that was none": (NETWORK, {"spec": {**DENY["spec"], "ingress": [{}]}}, DENY),
}


@pytest.mark.parametrize(("token", "before", "after"), STRICTER.values(), ids=STRICTER)
def test_a_guard_that_lets_less_through_is_plain(token, before, after):
    (found,) = judged(change(token, before, after)).findings
    assert found.rank is Rank.UPDATE, found.notes


def test_what_ran_on_a_schedule_and_ends_is_named_and_a_template_is_not():
    for suspended, rank in ((False, Rank.WEAKENED), (True, Rank.DELETE)):
        old = state(CRONJOB, "it", inputs=at("spec.suspend", suspended))
        assert [found.rank for found in judged(step("delete", CRONJOB, "it", old=old)).findings] == [rank]


def test_the_fence_of_every_namespace_is_known_and_its_deletion_named():
    """Each namespace of the platform denies by default, with an object that is recognised as it is rendered."""
    declared = real_stack("prod")
    ranks = {
        policy.inputs["metadata"]["namespace"]
        for policy in declared.of_kind("NetworkPolicy")
        for found in judged(step("delete", NETWORK, "it", old=state(NETWORK, "it", inputs=policy.inputs))).findings
        if found.rank is Rank.WEAKENED
    }
    assert ranks == {namespace.object_name for namespace in declared.of_kind("Namespace")}


def test_every_guard_as_rendered_is_named_when_a_line_of_it_goes():
    policies = real_stack("prod").of_kind("ValidatingAdmissionPolicy")
    assert policies
    for policy in policies:
        for number in range(len(policy.inputs["spec"]["validations"])):
            fewer = [one for index, one in enumerate(policy.inputs["spec"]["validations"]) if index != number]
            weaker = {**policy.inputs, "spec": {**policy.inputs["spec"], "validations": fewer}}
            (found,) = judged(change(POLICY, policy.inputs, weaker)).findings
            assert found.rank is Rank.WEAKENED


@pytest.mark.parametrize(
    ("schedule", "runs"),
    [
        ("@daily", 366),
        ("*/15 * * * *", 366 * 96),
        ("0 0 * * mon-fri", 260),
        ("0 0 1,15 * 7", 24 + 53 - 2),
        ("0 0 29 feb *", 1),
        ("0 0 30 2 *", 0),
        ("0 30 2 * * *", 366),
        ("CRON_TZ=UTC 0 2 * * *", 366),
        ("cron(0 5 ? * * *)", 366),
        ("every now and then", None),
        ("0 0 32 * *", None),
        (None, None),
    ],
)
def test_how_often_a_schedule_runs(schedule, runs):
    assert runs_in_a_year(schedule) == runs


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_schedule_as_rendered_is_read(stack):
    schedules = {one.inputs["spec"]["schedule"] for one in real_stack(stack).of_kind("CronJob")}
    assert schedules
    assert None not in map(runs_in_a_year, schedules)
