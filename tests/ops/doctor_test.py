"""What `doctor` says of clusters that no test can start: older ones, guarded kubelets, registries."""

from __future__ import annotations

import json
import re
import socket

import pytest

from ops.cluster import Cluster, UnansweredError
from ops.doctor.context import DoctorContext
from ops.doctor.declared import DeclaredObject
from ops.doctor.definitions import check_definitions
from ops.doctor.examination import CHECKS, examine
from ops.doctor.finding import Verdict
from ops.doctor.kubelets import check_kubelets
from ops.doctor.names import check_names
from ops.doctor.placement import check_placement
from ops.doctor.registries import DOCKER_HUB, check_registries, registry
from ops.doctor.rights import check_rights
from ops.doctor.versions import check_engine, check_kubernetes
from tests.harness.declare import real_stack, stack_settings
from tests.ops.conftest import PROD


def context(kubectl, declared=()):
    cluster = Cluster(kubectl=kubectl.folder / "kubectl", access=(), source="Pulumi.prod.yaml: ballast:cluster")
    return DoctorContext(
        stack="prod",
        file="Pulumi.prod.yaml",
        settings=stack_settings("prod"),
        declared=tuple(declared),
        cluster=cluster,
    )


def declared(kind, spec, version="apps/v1"):
    return DeclaredObject(version=version, kind=kind, namespace="opensearch", name="one", body={"spec": spec})


def pods(spec, kind="StatefulSet", replicas=1):
    return declared(kind, {"replicas": replicas, "template": {"spec": spec}})


@pytest.mark.parametrize(
    ("version", "verdict", "said"),
    [
        ("v1.29.8-eks-1a", Verdict.WRONG, "serves no admission policies"),
        ("v1.30.0", Verdict.GOOD, "v1.30.0"),
        ("v1.99.1+k3s1", Verdict.UNKNOWN, "newer than"),
    ],
)
def test_a_kubernetes_is_judged_by_its_minor(kubectl, version, verdict, said):
    kubectl.answers("get", "--raw", "/version", document={"gitVersion": version})
    (finding,) = check_kubernetes(context(kubectl))
    assert finding.verdict is verdict
    assert said in finding.line


def test_a_cluster_with_its_admission_policies_off_is_wrong(kubectl):
    kubectl.answers("--raw", error="Error from server (NotFound): the server could not find it\n", code=1)
    policy = declared("ValidatingAdmissionPolicy", {}, "admissionregistration.k8s.io/v1")
    (finding,) = check_definitions(context(kubectl, [policy]))
    assert finding.verdict is Verdict.WRONG
    assert "admission policies: ValidatingAdmissionPolicy not served" in finding.line


def test_without_an_engine_the_one_that_is_needed_is_named(kubectl):
    (finding,) = check_engine(context(kubectl))
    assert finding.verdict is Verdict.WRONG
    assert re.search(r"pulumi is not on PATH.*Install the official Pulumi CLI v3", finding.line)


@pytest.mark.parametrize(("limit", "verdict"), [(1024, Verdict.WRONG), (4096, Verdict.GOOD), (-1, Verdict.GOOD)])
def test_a_kubelet_that_lets_a_pod_have_too_few_processes_is_wrong(kubectl, limit, verdict):
    kubectl.answers("nodes", document={"items": [{"metadata": {"name": "a"}}]})
    path = "/api/v1/nodes/a/proxy/configz"
    kubectl.answers("get", "--raw", path, document={"kubeletconfig": {"podPidsLimit": limit}})
    (finding,) = check_kubelets(context(kubectl))
    assert finding.verdict is verdict


def node(name, zone, **more):
    sizes = {"cpu": "3920m", "memory": "15Gi", "pods": "58"}
    return {
        "metadata": {"name": name, "labels": {"topology.kubernetes.io/zone": zone}},
        "status": {"allocatable": sizes, "conditions": [{"type": "Ready", "status": "True"}]},
        **more,
    }


APART = {
    "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "kubernetes.io/hostname"}]}
}


def asking(memory, **more):
    return {"containers": [{"name": "a", "image": "a", "resources": {"requests": {"memory": memory}}}], **more}


@pytest.mark.parametrize(
    ("workload", "verdict"),
    [
        (pods(asking("8Gi"), replicas=2), Verdict.GOOD),
        (pods(asking("8Gi"), replicas=3), Verdict.WRONG),
        (pods(asking("1Gi", affinity=APART), replicas=3), Verdict.WRONG),
        (pods(asking("1Gi", nodeSelector={"pool": "data"})), Verdict.WRONG),
        (pods(asking("1Gi", nodeSelector={"topology.kubernetes.io/zone": "b"})), Verdict.GOOD),
        (pods(asking("16Gi"), "DaemonSet"), Verdict.WRONG),
    ],
)
def test_every_pod_is_placed_as_the_scheduler_would(kubectl, workload, verdict):
    kubectl.answers("nodes", document={"items": [node("one", "a"), node("two", "b")]})
    kubectl.answers("pods", document={"items": []})
    (finding,) = check_placement(context(kubectl, [workload]))
    assert finding.verdict is verdict


@pytest.mark.parametrize(
    ("image", "host"),
    [
        ("python:3.13-slim", DOCKER_HUB),
        ("acme/jobs:1.0.0", DOCKER_HUB),
        ("docker.io/acme/jobs:1", DOCKER_HUB),
        ("quay.io/a/b:v1", "quay.io"),
        ("mirror.example.com:5000/acme/b:v1", "mirror.example.com:5000"),
    ],
)
def test_an_image_comes_from_the_registry_that_its_name_begins_with(image, host):
    assert registry(image) == host


@pytest.mark.parametrize(
    ("error", "verdict", "said"),
    [
        (None, Verdict.GOOD, "answers this machine"),
        (socket.gaierror(socket.EAI_NONAME, "unknown"), Verdict.WRONG, "no name server knows it here"),
        (socket.gaierror(socket.EAI_AGAIN, "no resolver"), Verdict.UNKNOWN, "no name server answers this machine"),
        (TimeoutError("timed out"), Verdict.UNKNOWN, "does not answer this machine"),
    ],
)
def test_a_registry_is_asked_by_name(kubectl, monkeypatch, error, verdict, said):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host = f"localhost:{listening.getsockname()[1]}"

        def refuse(*_, **__):
            raise error

        if error is not None:
            monkeypatch.setattr(socket, "create_connection", refuse)
        workload = pods({"containers": [{"image": f"{host}/a/b:1"}]})
        (finding,) = check_registries(context(kubectl, [workload]))
    assert (finding.verdict, said in finding.line) == (verdict, True)


def test_rights_are_asked_as_reviews_and_an_answer_of_no_is_no(kubectl):
    kubectl.answers("get", "--raw", document={"resources": [{"name": "statefulsets", "kind": "StatefulSet"}]})
    yes, no = {"status": {"allowed": True}}, {"status": {"allowed": False}}
    kubectl.answers("create", document=no)
    kubectl.answers("create", text="\n".join(map(json.dumps, [*[yes] * 3, no, yes, yes])))
    (finding,) = check_rights(context(kubectl, [pods(asking("1Gi"))]))
    assert "rights in namespace opensearch: whoever runs this may not create statefulsets.apps" in finding.line
    asked = [item for call in kubectl.calls("create") for item in json.loads(call["stdin"])["items"]]
    assert {item["kind"] for item in asked} == {"SelfSubjectAccessReview"}


@pytest.mark.usefixtures("kubectl")
def test_what_can_not_be_read_is_said_and_the_rest_goes_on(project, monkeypatch):
    def unread(context):
        raise UnansweredError("a sentence", "nodes is forbidden")
        yield context

    monkeypatch.setattr("ops.doctor.examination.declared_objects", lambda *_: ())
    monkeypatch.setattr("ops.doctor.examination.CHECKS", {"zones": unread, "engine": CHECKS["engine"]})
    first, second = examine(project, "prod")
    assert first.line.startswith("unknown  zones: can't be read: nodes is forbidden. Ask for the right")
    assert second.what == "engine"


def test_a_wrong_cluster_is_refused_before_anything_is_read(ballast, kubectl, project):
    file = project / "Pulumi.prod.yaml"
    file.write_text(file.read_text().replace(PROD, "00000000-0000-4000-8000-000000000099"))
    said = ballast("doctor", "prod")
    assert (said.code, said.out) == (1, "")
    assert "identity names cluster 00000000-0000-4000-8000-000000000099" in said.err
    assert all("create" not in call["arguments"] for call in kubectl.calls())


def test_a_stack_that_is_not_there_is_named_with_those_that_are(ballast):
    said = ballast("doctor", "qa")
    assert said.code == 2
    assert "there is no stack qa" in said.err


def test_a_namespace_as_the_stack_itself_declares_it_is_its_own(kubectl):
    namespace = real_stack("prod").of_kind("Namespace")[0].inputs
    name = namespace["metadata"]["name"]
    kubectl.answers("get", "namespace", name, document=namespace)
    (finding,) = check_names(
        context(kubectl, [DeclaredObject(version="v1", kind="Namespace", namespace="", name=name, body=namespace)])
    )
    assert finding.verdict is Verdict.GOOD
    assert "stands already" in finding.line
