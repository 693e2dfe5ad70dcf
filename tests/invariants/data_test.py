"""Nothing that holds data can be lost by a plan."""

from __future__ import annotations

from components.foundation.guards import NODES
from components.settings.stores import STORE_KINDS
from components.settings.telemetry_namespaces import NAMESPACE
from tests.harness.declare import real_stack, stack_settings
from tests.harness.recorded import OPERATED


def gated(stateful_set):
    """Whether a changed template waits for a gate."""
    return stateful_set.inputs["spec"]["updateStrategy"] == {"type": "OnDelete"}


def test_losing_the_stack_keeps_everything_that_holds_data(stack):
    assert len(stack.data_bearing) >= 2
    for resource in stack.data_bearing:
        assert resource.retain_on_delete, resource.name


def test_what_a_teardown_leaves_can_be_changed_by_the_up_that_finds_it_again(stack):
    """Its fields then belong to two managers, of which the state knows one: unforced, each change is a conflict."""
    kept = [one for one in stack.resources if one.retain_on_delete and one.type.startswith("kubernetes:")]
    assert len(kept) >= 10
    for resource in kept:
        assert resource.inputs["metadata"]["annotations"].get("pulumi.com/patchForce") == "true", resource.name


def test_a_teardown_of_production_is_refused_for_what_holds_data_and_for_what_runs_on_it():
    recording = real_stack("prod")
    kept = recording.of_kind("Namespace", "PersistentVolumeClaim", "StatefulSet", "Certificate")
    roots = [resource for resource in kept if resource.kind != "Certificate" or resource.inputs["spec"].get("isCA")]
    assert len(roots) >= 8
    for resource in roots:
        assert resource.protect, resource.name


def test_development_can_be_torn_down_because_its_stack_file_says_so():
    assert stack_settings("dev").teardown.value == "keepData"
    for resource in real_stack("dev").resources:
        assert not resource.protect, resource.name


def test_only_what_holds_data_or_trust_is_protected():
    allowed = {"Namespace", "PersistentVolumeClaim", "StatefulSet", "Certificate"}
    allowed |= {"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", *OPERATED}
    # Those by which data is given up: it takes no right to delete.
    allowed |= {"ClusterRole", "RoleBinding"}
    recording = real_stack("prod")
    assert {resource.kind for resource in recording.resources if resource.protect} <= allowed


def test_a_stateful_set_keeps_its_claims_and_restarts_nothing_by_itself(stack):
    for stateful_set in stack.of_kind("StatefulSet"):
        spec = stateful_set.inputs["spec"]
        assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
        # Telemetry queues on disks while one of its servers restarts; nobody's majority depends on it.
        assert gated(stateful_set) or spec["replicas"] == 1 or stateful_set.namespace == str(NAMESPACE)
        assert stateful_set.ignore_changes == ("spec.volumeClaimTemplates",)


def test_what_the_operator_makes_keeps_its_claims_too(stack):
    for resource in stack.operated:
        spec = resource.inputs["spec"]
        assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
        # With another claim template the operator would delete the StatefulSet and make it anew.
        assert resource.ignore_changes == ("spec.storage",)


def test_objects_that_others_find_by_name_have_a_name_of_ours(stack):
    for resource in stack.of_kind("StatefulSet", "Service", "PersistentVolumeClaim", "Namespace", "Deployment"):
        assert resource.inputs["metadata"].get("name"), resource.name


def test_every_claim_can_grow_and_none_can_shrink(stack):
    patches = {patch.object_name: patch for patch in stack.of_kind("PersistentVolumeClaimPatch")}
    assert set(patches) == {
        claim for owner in [*stack.of_kind("StatefulSet"), *stack.operated] for claim in owner.claims
    }
    for patch in patches.values():
        assert patch.retain_on_delete
        assert patch.hooks, f"{patch.name} has no hook that refuses a smaller size"


def test_no_single_claim_is_replaced_or_shrunk(stack):
    for claim in stack.of_kind("PersistentVolumeClaim"):
        assert claim.ignore_changes == ("spec.storageClassName",)
        assert claim.hooks


def test_every_node_of_a_store_is_counted_on_its_namespace(stack):
    for namespace in stack.of_kind("Namespace"):
        annotations = namespace.inputs["metadata"]["annotations"]
        nodes = {key.removeprefix(NODES): int(count) for key, count in annotations.items() if key.startswith(NODES)}
        stores = [s for s in stack.of_kind("StatefulSet") if s.namespace == namespace.object_name and gated(s)]
        assert nodes == {s.object_name: s.inputs["spec"]["replicas"] for s in stores}
        # The guards name the store of a drain so.
        assert {name.split("-")[0] for name in nodes} <= {kind.word for kind in STORE_KINDS}


def test_no_data_path_is_an_empty_directory(stack):
    seen = set()
    for workload in stack.workloads:
        volumes = {volume["name"]: volume for volume in workload.pod.get("volumes", [])}
        for container in workload.pod["containers"]:
            for mount in container.get("volumeMounts", []):
                if mount["mountPath"].rpartition("/")[2] in ("data", "storage", "snapshots"):
                    seen.add(mount["mountPath"])
                    assert "emptyDir" not in volumes.get(mount["name"], {}), (workload.name, mount)
    assert {"/usr/share/opensearch/data", "/qdrant/storage", "/qdrant/snapshots", "/data"} <= seen


def test_every_writable_path_that_outlives_a_pod_is_known_by_name(stack):
    """What is no claim is either read-only or an empty directory that may be lost: nothing else can be written to."""
    opensearch = "/usr/share/opensearch"
    # The console keeps a session's scratch below /var/lib/ballast; its saved objects are in OpenSearch.
    scratch = {"/tmp", "/config", f"{opensearch}/config", f"{opensearch}/logs", "/var/run/qdrant", "/var/lib/ballast"}  # noqa: S108
    for workload in stack.workloads:
        volumes = {volume["name"]: volume for volume in workload.pod.get("volumes", [])}
        for container in workload.pod["containers"]:
            for mount in container.get("volumeMounts", []):
                if "emptyDir" in volumes.get(mount["name"], {}):
                    assert mount["mountPath"] in scratch, (workload.name, mount)
