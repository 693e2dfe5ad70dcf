"""Real stack files on the real engine and a local cluster."""

from __future__ import annotations

import contextlib
import json
import re

import pytest

from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from ops.cluster import Cluster
from ops.doctor.context import DoctorContext
from ops.doctor.declared import declared_objects
from ops.doctor.finding import Verdict
from tests.harness.declare import PROJECT
from tests.harness.own_stacks import own_stacks


@pytest.fixture(scope="module")
def stacks(local_cluster, tmp_path_factory):
    """Makes stacks from real stack files for the tests of one file."""
    with own_stacks(local_cluster, tmp_path_factory) as make:
        yield make


@pytest.fixture(scope="session")
def declared():
    return declared_objects(PROJECT, "dev")


@pytest.fixture
def project(local_cluster, tmp_path, monkeypatch):
    """A folder with dev's stack file, which leads to the cluster."""
    text = (PROJECT / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(\s+kubeconfig:).*$", rf"\1 {local_cluster.kubeconfig}", text)
    (tmp_path / "Pulumi.dev.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def found(project, declared):
    """Runs one check as whoever the kubeconfig names and returns its lines by verdict."""

    def run(check, kubeconfig=None):
        settings = read_stack(project / "Pulumi.dev.yaml", SECRETS)
        if kubeconfig is not None:
            section = settings.cluster.model_copy(update={"kubeconfig": str(kubeconfig)})
            settings = settings.model_copy(update={"cluster": section})
        cluster = Cluster.recognised(settings.cluster, "Pulumi.dev.yaml", project)
        context = DoctorContext(
            stack="dev", file="Pulumi.dev.yaml", settings=settings, declared=declared, cluster=cluster
        )
        lines = {verdict: [] for verdict in Verdict}
        for finding in check(context):
            assert bool(finding.remedy) == (finding.verdict is not Verdict.GOOD)
            lines[finding.verdict].append(finding.line)
        return lines

    return run


@pytest.fixture
def there(local_cluster):
    """Makes objects that are deleted after the test."""
    with contextlib.ExitStack() as stack:

        def make(*manifests):
            text = json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})
            local_cluster.kubectl("apply", "--server-side", "-f", "-", stdin=text)
            stack.callback(local_cluster.kubectl, "delete", "--ignore-not-found", "-f", "-", stdin=text)

        yield make


def named(version, kind, name, namespace=None, **rest):
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}
