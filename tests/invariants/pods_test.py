"""Every pod satisfies Pod Security "restricted", and more."""

from __future__ import annotations

import pytest

from components.foundation.namespaces import RESTRICTED
from components.foundation.quota import Quota
from components.settings.footprint import Footprint
from components.settings.quantities import Bytes, Millicores
from tests.harness.recorded import OPERATED


def containers(workload):
    return [*workload.pod.get("initContainers", []), *workload.pod["containers"]]


def test_every_namespace_enforces_audits_and_warns_restricted(stack):
    for namespace in stack.of_kind("Namespace"):
        if namespace.object_name != "node-agents":
            assert RESTRICTED.items() <= namespace.inputs["metadata"]["labels"].items()
    assert sorted(RESTRICTED.values()) == ["latest"] * 3 + ["restricted"] * 3


def test_the_one_exception_is_audited_and_shown_and_holds_only_what_must_read_its_node(stack):
    given = stack.one("Namespace", "node-agents").inputs["metadata"]["labels"]
    differing = {key: value for key, value in given.items() if key in RESTRICTED and value != RESTRICTED[key]}
    assert differing == {"pod-security.kubernetes.io/enforce": "privileged"}
    inside = {workload.object_name for workload in stack.workloads if workload.namespace == "node-agents"}
    assert inside == {"collector", "node-exporter"}
    for workload in stack.workloads:
        on_host = [v["hostPath"] for v in workload.pod.get("volumes", []) if "hostPath" in v]
        assert bool(on_host) == (workload.namespace == "node-agents"), workload.name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & workload.pod.keys()


def test_every_workload_lives_in_a_namespace_of_the_platform(stack):
    namespaces = {namespace.object_name for namespace in stack.of_kind("Namespace")}
    for workload in stack.workloads:
        assert workload.namespace in namespaces, workload.name


def test_no_pod_runs_as_root_or_may_become_it(stack):
    for workload in stack.workloads:
        pod = workload.pod["securityContext"]
        # Logs of a node belong to root; it is root without any capability.
        root = workload.object_name == "collector"
        assert pod["runAsNonRoot"] is not root
        assert (pod["runAsUser"] == 0) is root
        assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in containers(workload):
            security = container["securityContext"]
            assert security["capabilities"] == {"drop": ["ALL"]}
            assert not security["allowPrivilegeEscalation"]
            assert not security["privileged"]
            assert security["readOnlyRootFilesystem"]


def test_only_a_job_with_a_service_account_may_call_the_api(stack):
    with_token = {workload.name for workload in stack.workloads if workload.pod["automountServiceAccountToken"]}
    assert {workload.kind for workload in stack.workloads if workload.name in with_token} == {
        "Job", "CronJob", "Deployment", "DaemonSet"
    }  # fmt: skip
    lasting = {workload.name for workload in stack.of_kind("Deployment", "StatefulSet", "DaemonSet")} & with_token
    assert lasting == {
        *(f"{space}-snapshot-metrics" for space in ("opensearch", "qdrant", "databases")),
        "prometheus-operator",
        "kube-state-metrics",
        "collector",
    }
    accounts = {workload.pod["serviceAccountName"] for workload in stack.workloads if workload.name in with_token}
    assert accounts <= {
        binding.inputs["subjects"][0]["name"] for binding in stack.of_kind("RoleBinding", "ClusterRoleBinding")
    }


def test_only_the_drain_may_lower_a_number_of_nodes_and_only_records_and_locks_are_written(stack):
    allowed = {
        "configmaps": {"create", "get", "patch"},
        "leases": {"create", "get", "update"},
        "pods": {"get", "list", "delete"},
        "statefulsets": {"get"},
        "certificates": {"get"},
    }
    for role in stack.of_kind("Role"):
        if role.namespace == "observability" and role.object_name == "prometheus-operator":
            continue  # makes StatefulSets, Secrets and Services where its servers run, and nowhere else
        if role.object_name == "prometheus":
            assert all(set(rule["verbs"]) == {"get", "list", "watch"} for rule in role.inputs["rules"])
            continue
        drains = role.object_name.endswith("-drain")
        for rule in role.inputs["rules"]:
            for resource in rule["resources"]:
                if drains and resource in ("statefulsets/scale", "namespaces"):
                    continue
                assert set(rule["verbs"]) <= allowed[resource], role.name
            assert rule.get("resourceNames") or set(rule["verbs"]) <= {"create", "list", "get"}, role.name


def test_nobody_may_read_a_secret_or_change_anything_in_the_whole_cluster(stack):
    reading = {"get", "list", "watch"}
    everywhere = {binding.inputs["roleRef"]["name"] for binding in stack.of_kind("ClusterRoleBinding")}
    # It lets a person write on claims and on the namespace in which it is bound: see bypasses_test.py.
    assert {role.object_name for role in stack.of_kind("ClusterRole")} - everywhere == {
        "ballast-release",
        "ballast-prometheus-pods",
    }
    for role in stack.of_kind("ClusterRole"):
        if role.object_name == "ballast-release":
            continue
        for rule in role.inputs["rules"]:
            assert not {"secrets", "configmaps", "*"} & set(rule["resources"]), role.name
            assert set(rule["verbs"]) <= reading or rule["resources"] == ["events"], role.name


def test_a_person_may_release_in_each_namespace_and_only_there(stack):
    (role,) = [one for one in stack.of_kind("ClusterRole") if one.object_name == "ballast-release"]
    allowed = {resource: rule["verbs"] for rule in role.inputs["rules"] for resource in rule["resources"]}
    assert allowed == {"persistentvolumeclaims": ["get", "list", "patch"], "namespaces": ["get", "patch"]}
    bound = [one for one in stack.resources if one.inputs.get("roleRef", {}).get("name") == "ballast-release"]
    assert {(one.kind, one.namespace) for one in bound} == {
        ("RoleBinding", namespace.object_name) for namespace in stack.of_kind("Namespace")
    }
    assert {one.inputs["subjects"][0]["name"] for one in bound} == {"ballast:releasers"}
    assert all(one.retain_on_delete for one in (role, *bound)), "a namespace that is kept could not be given up"


def test_a_restart_may_delete_exactly_the_pods_of_its_store(stack):
    for namespace in ("opensearch", "qdrant"):
        role = stack.one("Role", f"{namespace}-jobs-restart")
        deleted = [rule["resourceNames"] for rule in role.inputs["rules"] if "delete" in rule["verbs"]]
        sets = [s for s in stack.of_kind("StatefulSet") if s.namespace == namespace]
        pods = {f"{s.object_name}-{ordinal}" for s in sets for ordinal in range(s.inputs["spec"]["replicas"])}
        assert [set(names) for names in deleted] == [pods]


def test_every_container_says_what_it_needs_and_its_memory_is_fixed(stack):
    for workload in stack.workloads:
        for container in containers(workload):
            resources = container["resources"]
            assert resources["requests"]["cpu"]
            assert resources["requests"]["memory"] == resources["limits"]["memory"], container["name"]


def test_every_image_has_a_version(stack):
    for workload in stack.workloads:
        for container in containers(workload):
            _, _, tag = container["image"].rpartition(":")
            assert tag
            assert tag != "latest"


def test_every_long_running_pod_is_probed_without_a_password(stack):
    for workload in stack.of_kind("StatefulSet", "Deployment"):
        for container in workload.pod["containers"]:
            assert "readinessProbe" in container, container["name"]
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                asked = container.get(probe, {})
                assert "exec" not in asked
                assert "httpHeaders" not in asked.get("httpGet", {})


def test_quotas_hold_everything_that_is_declared(stack):
    for quota in stack.of_kind("ResourceQuota"):
        pods = sum(
            workload.inputs["spec"].get("replicas", 1)
            for workload in stack.workloads
            if workload.namespace == quota.namespace
        )
        assert int(quota.inputs["spec"]["hard"]["pods"]) >= pods


def footprint(workload):
    """What the pods of a workload ask for, as it is rendered; what the operator puts beside them is not declared."""
    spec = workload.inputs["spec"]
    templates = [template["spec"] for template in spec.get("volumeClaimTemplates", [])]
    if workload.kind in OPERATED:
        templates, resources = [spec["storage"]["volumeClaimTemplate"]["spec"]], spec["resources"]
    else:
        resources = workload.pod["containers"][0]["resources"]
    return Footprint(
        pods=workload.replicas,
        cpu=Millicores.parse(resources["requests"]["cpu"]),
        memory=Bytes.parse(resources["limits"]["memory"]),
        disk=Bytes(sum(Bytes.parse(template["resources"]["requests"]["storage"]) for template in templates)),
    )


@pytest.mark.parametrize("namespace", ["opensearch", "qdrant", "observability"])
def test_a_quota_is_made_of_what_the_pods_of_its_namespace_ask_for(stack, namespace):
    quota = next(found for found in stack.of_kind("ResourceQuota") if found.namespace == namespace)
    lasting = [*stack.of_kind("StatefulSet", "Deployment"), *stack.operated]
    claims = [
        Bytes.parse(claim.inputs["spec"]["resources"]["requests"]["storage"])
        for claim in stack.of_kind("PersistentVolumeClaim")
        if claim.namespace == namespace
    ]
    asked = Quota(
        footprints=tuple(footprint(workload) for workload in lasting if workload.namespace == namespace),
        claims=tuple(claims),
    )
    assert quota.inputs["spec"]["hard"] == asked.hard()


def test_an_update_waits_for_a_job_as_long_as_the_job_may_take(stack):
    jobs = stack.of_kind("Job")
    assert len(jobs) == 10
    for job in jobs:
        waits = int(job.inputs["metadata"]["annotations"]["pulumi.com/timeoutSeconds"])
        assert waits >= job.inputs["spec"]["activeDeadlineSeconds"], job.name


def test_whoever_empties_a_machine_takes_one_pod_at_a_time_of_each_workload_with_several(stack):
    """One budget for each: the eviction API refuses to judge a pod that stands in two."""
    found = {
        workload.object_name: sum(
            budget.inputs["spec"]["selector"]["matchLabels"].items() <= workload.pod_labels.items()
            for budget in stack.of_kind("PodDisruptionBudget")
            if budget.namespace == workload.namespace
        )
        for workload in stack.speakers
        if workload.kind in ("Deployment", "StatefulSet", *OPERATED)
    }
    several = [one.object_name for one in stack.speakers if one.object_name in found and one.replicas > 1]
    assert {name: found[name] for name in several} == dict.fromkeys(several, 1)
