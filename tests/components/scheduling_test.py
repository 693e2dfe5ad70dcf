"""What the stack file says of all pods reaches every one of them: where they run, and how their images are pulled."""

from __future__ import annotations

import functools

import pytest

from components.foundation.images import Image, ImageCatalogue
from components.foundation.scheduling import toleration
from components.settings.images import RegistryMirrorSettings
from components.settings.quantities import Duration
from tests.harness.declare import declare_stack, real_stack, stack_settings

TAINT = {"key": "dedicated", "operator": "Equal", "value": "platform", "effect": "NoSchedule"}
KINDS = ("DaemonSet", "Deployment", "StatefulSet", "Job", "CronJob", "Prometheus", "Alertmanager")


@functools.cache
def placed():
    stack = stack_settings("dev")
    cluster = {
        "node_selector": ("pool=data", "disk=ssd"),
        "tolerations": ("dedicated=platform:NoSchedule",),
        "node_local_dns": "169.254.20.10",
        "timeout": Duration(1200),
    }
    mirror = RegistryMirrorSettings(registry="quay.io", prefix="mirror.example.com/quay")
    images = {"pull_secret": "registry-login", "mirrors": {"quay": mirror}}
    return declare_stack(
        stack.model_copy(
            update={
                "cluster": stack.cluster.model_copy(update=cluster),
                "images": stack.images.model_copy(update=images),
            }
        ),
        "dev",
    )


def pods(recording, kind):
    """Return the specs of all pods of a kind; an operator makes those of two kinds from fields of the same names."""
    for one in recording.of_kind(kind):
        if one.type.startswith("ballast:"):
            continue
        spec = one.inputs["spec"]
        spec = spec["jobTemplate"]["spec"] if kind == "CronJob" else spec
        yield spec["template"]["spec"] if "template" in spec else spec


@pytest.mark.parametrize("kind", KINDS)
def test_every_pod_selects_nodes_bears_their_taints_and_pulls_with_the_secret(kind):
    found = list(pods(placed(), kind))
    assert found
    for pod in found:
        assert pod["imagePullSecrets"] == [{"name": "registry-login"}]
        if kind == "DaemonSet":
            # What stands on every node bears all taints already.
            assert pod["tolerations"] == [{"operator": "Exists"}]
            assert "nodeSelector" not in pod
        else:
            assert TAINT in pod["tolerations"]
            assert pod["nodeSelector"].items() >= {"pool": "data", "disk": "ssd"}.items()


def test_nodes_of_opensearch_stay_in_their_zones_and_a_restart_follows_the_change():
    zones = {pod["nodeSelector"].get("topology.kubernetes.io/zone") for pod in pods(placed(), "StatefulSet")}
    assert zones >= {"local-a", "local-b", "local-c"}
    for job in ("opensearch-jobs-restart", "qdrant-jobs-restart"):
        before, after = (recording.one("Job", job).trigger for recording in (real_stack("dev"), placed()))
        assert before
        assert before != after, job


def test_pods_may_ask_the_cache_of_their_node_for_names_where_there_is_one():
    local = {"ipBlock": {"cidr": "169.254.20.10/32"}}
    for recording, asked in ((placed(), True), (real_stack("dev"), False)):
        found = [one for one in recording.of_kind("NetworkPolicy") if one.object_name == "default-deny"]
        assert len(found) == len(list(recording.of_kind("Namespace")))
        for policy in found:
            (rule,) = policy.inputs["spec"]["egress"]
            assert (local in rule["to"]) == asked
            assert len(rule["to"]) == 1 + asked
            assert {port["port"] for port in rule["ports"]} == {53}


def test_each_namespace_has_the_secret_that_its_pods_name():
    recording = placed()
    held = {
        one.namespace
        for one in recording.of_kind("Secret")
        if one.inputs.get("type") == "kubernetes.io/dockerconfigjson"
    }
    assert held == {one.object_name for one in recording.of_kind("Namespace")}


def test_what_stands_on_every_node_keeps_off_virtual_ones():
    for pod in pods(real_stack("prod"), "DaemonSet"):
        required = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        (term,) = required["nodeSelectorTerms"]
        assert {one["operator"] for one in term["matchExpressions"]} == {"NotIn"}
        assert {"virtual-kubelet", "fargate"} == {value for one in term["matchExpressions"] for value in one["values"]}


def test_a_mirror_of_one_registry_goes_before_that_of_all():
    mirrors = {"quay.io": "mirror.example.com/quay", "docker.io": "mirror.example.com/hub"}
    catalogue = ImageCatalogue(mirror="others.example.com", mirrors=mirrors)
    assert catalogue.reference(Image(name="a/b", registry="quay.io"), "1") == "mirror.example.com/quay/a/b:1"
    assert catalogue.reference(Image(name="a/b"), "1") == "mirror.example.com/hub/a/b:1"
    assert catalogue.reference(Image(name="a/b", registry="registry.k8s.io"), "1") == "others.example.com/a/b:1"
    images = {c["image"] for pod in pods(placed(), "Deployment") for c in pod["containers"]}
    assert not [image for image in images if image.startswith("quay.io/")]


@pytest.mark.parametrize(
    ("taint", "borne"),
    [
        ("dedicated=platform:NoSchedule", TAINT),
        ("spot:NoExecute", {"key": "spot", "operator": "Exists", "effect": "NoExecute"}),
        ("a.b/c=:NoSchedule", {"key": "a.b/c", "operator": "Equal", "value": "", "effect": "NoSchedule"}),
    ],
)
def test_a_taint_is_borne_as_it_is_written(taint, borne):
    assert toleration(taint) == borne


def test_the_time_to_wait_reaches_every_object_but_jobs_which_end_by_themselves():
    objects = [found for found in placed().resources if found.type.startswith("kubernetes:")]
    assert {found.timeout for found in objects if found.kind == "Job"} == {""}
    waited = [found for found in objects if found.kind != "Job"]
    assert {found.timeout for found in waited} == {"1200s"}
    assert {"ConfigMap", "Namespace", "StatefulSet", "Prometheus", "Certificate"} <= {found.kind for found in waited}


def test_without_a_time_the_usual_one_holds():
    assert {found.timeout for found in real_stack("prod").resources} == {""}
