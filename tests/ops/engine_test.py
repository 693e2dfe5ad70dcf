"""Jobs from the program's own templates, on a real API server."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from components.foundation.namespaces import RESTRICTED
from tests.harness.declare import PROJECT, real_stack
from tests.harness.told import rendered

pytestmark = pytest.mark.engine

TEMPLATES = {"opensearch-snapshots": "opensearch", "volume-knowledge-restore": "databases", "qdrant-drain": "qdrant"}


@pytest.fixture(scope="module")
def deployed(local_cluster):
    """A local cluster with restricted namespaces and, of the platform of dev, some templates with what they name."""
    recording = real_stack("dev")
    objects = []
    for name, namespace in TEMPLATES.items():
        objects.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": RESTRICTED}})
        cron_job = recording.one("CronJob", name)
        account = {"name": (cron_job.pod or {})["serviceAccountName"], "namespace": namespace}
        objects.append({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account})
        objects.append({**cron_job.inputs, "apiVersion": "batch/v1", "kind": "CronJob"})
    local_cluster.kubectl("apply", "-f", "-", stdin=yaml.safe_dump_all(objects))
    yield local_cluster
    local_cluster.kubectl("delete", "namespace", *TEMPLATES.values(), "--timeout=60s")


@pytest.fixture
def dev(deployed, project):
    """The project folder, whose stack file of dev leads to this cluster."""
    text = (PROJECT / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(\s+kubeconfig:).*$", rf"\1 {deployed.kubeconfig}", text)
    (project / "Pulumi.dev.yaml").write_text(text, encoding="utf-8")
    return deployed


@pytest.fixture
def _home():
    """These tests need the kubectl that was built: the home stays what it is."""


def objects(cluster, kind, namespace):
    answer = cluster.kubectl("get", kind, "--namespace", namespace, "-o", "json").stdout
    return json.loads(answer)["items"]


def request_of(workload):
    spec = workload["spec"].get("template", workload)["spec"]
    environment = {entry["name"]: entry.get("value") for entry in spec["containers"][0]["env"]}
    return json.loads(environment["BALLAST_REQUEST"])


def test_a_job_from_a_real_template_passes_pod_security_and_completes(dev, ballast):
    said = ballast("snapshot", "dev", "opensearch", "--wait", "60s")
    assert (said.code, said.err) == (0, "")
    (job,) = objects(dev, "jobs", "opensearch")
    assert f"complete   job opensearch/{job['metadata']['name']}" in said.out
    (pod,) = objects(dev, "pods", "opensearch")
    assert request_of(pod) == {"take": True}
    assert pod["metadata"]["labels"]["ballast/network-profile"] == "opensearch-admin"
    assert job["metadata"]["ownerReferences"][0]["kind"] == "CronJob"


def test_what_a_pod_waits_for_is_shown_and_its_job_outlives_the_patience(dev, ballast):
    said = ballast("restore", "dev", "volume", "knowledge", "--snapshot", "s1", "--wait", "4s")
    (job,) = objects(dev, "jobs", "databases")
    name = job["metadata"]["name"]
    assert said.code == 1
    assert f"job databases/{name} is not over yet and goes on" in said.err
    assert re.search(rf"waiting    pod {name}-\w+ has no node: .*persistentvolumeclaim", said.out)
    assert request_of(job) == {"snapshot": "s1"}


def test_a_drain_reads_the_live_cluster_and_is_asked_for_what_the_stack_file_keeps(dev, ballast):
    labels = {"app.kubernetes.io/component": "qdrant-node"}
    metadata = {"name": "qdrant", "namespace": "qdrant", "labels": labels}
    pods = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "none", "image": "none"}]}}
    spec = {"replicas": 3, "selector": {"matchLabels": labels}, "serviceName": "none", "template": pods}
    nodes = {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata, "spec": spec}
    wanted = next(
        volume["configMap"]["name"]
        for volume in (real_stack("dev").one("CronJob", "qdrant-drain").pod or {})["volumes"]
        if volume["name"] == "config"
    )
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": wanted, "namespace": "qdrant"},
        "data": {"config.json": json.dumps(rendered(real_stack("dev"), "qdrant-drain"))},
    }
    dev.kubectl("apply", "-f", "-", stdin=yaml.safe_dump_all([nodes, config]))
    said = ballast("drain", "dev", "qdrant", "--yes", "--wait", "60s")
    assert (said.code, said.err) == (0, "")
    (job,) = objects(dev, "jobs", "qdrant")
    assert request_of(job) == {"replicas": 1}


def test_another_cluster_than_the_named_one_is_refused_by_its_own_identity(dev, ballast, project):
    file = project / "Pulumi.prod.yaml"
    text = re.sub(r"(?m)^\s+context:.*\n", "", file.read_text(encoding="utf-8"))
    file.write_text(re.sub(r"(?m)^(\s+kubeconfig:).*$", rf"\1 {dev.kubeconfig}", text), encoding="utf-8")
    said = ballast("snapshot", "prod", "opensearch")
    assert said.code == 1
    assert "identity names cluster 00000000-0000-4000-8000-000000000002, but the namespace kube-system" in said.err
