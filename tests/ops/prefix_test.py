"""Commands look for a store where the prefix of its stack file says that it is."""

from __future__ import annotations

import json

import pytest

from tests.harness.declare import declare_stack, stack_settings
from tests.harness.told import rendered

PREFIX = "eu-"


@pytest.fixture(autouse=True)
def _prefixed(project):
    """Prod, with a prefix."""
    file = project / "Pulumi.prod.yaml"
    text = file.read_text()
    file.write_text(text.replace("  ballast:tier:", f"  ballast:namespacePrefix: {PREFIX}\n  ballast:tier:"))


@pytest.mark.parametrize(
    ("command", "words", "template", "namespace"),
    [
        ("snapshot", ["opensearch"], "opensearch-snapshots", "eu-opensearch"),
        ("restore", ["qdrant"], "qdrant-restore", "eu-qdrant"),
        ("snapshot", ["volume", "knowledge"], "volume-knowledge-snapshots", "eu-databases"),
    ],
)
def test_a_job_is_made_from_the_template_there(command, words, template, namespace, kubectl, templates, ballast):
    templates(template, namespace)
    said = ballast(command, "prod", *words)
    assert (said.code, said.err) == (0, "")
    assert kubectl.made[0]["metadata"]["namespace"] == namespace


def test_the_record_of_snapshots_is_read_there(kubectl, ballast):
    kubectl.answers("get", "configmap")
    assert ballast("snapshots", "prod", "chroma").code == 1
    assert kubectl.calls("get", "configmap", "chroma-snapshots", "--namespace=eu-databases")


def test_a_drain_compares_the_nodes_there(kubectl, templates, ballast):
    settings = stack_settings("prod").model_copy(update={"namespace_prefix": PREFIX})
    config = json.dumps(rendered(declare_stack(settings, "prod"), "qdrant-drain"))
    sets = {"items": [{"metadata": {"name": "qdrant"}, "spec": {"replicas": 4}}]}
    kubectl.answers("statefulsets", "--namespace=eu-qdrant", document=sets)
    kubectl.answers("configmap", "qdrant-drain-config", document={"data": {"config.json": config}})
    noted = {"metadata": {"annotations": {"nodes.ballast/qdrant.nodes": "4"}}}
    kubectl.answers("get", "namespace", "eu-qdrant", document=noted)
    templates("qdrant-drain", "eu-qdrant")
    said = ballast("drain", "prod", "qdrant", "--yes")
    assert (said.code, said.err) == (0, "")
    assert kubectl.request == {"replicas": 3}
    assert json.loads(config)["namespace"] == "eu-qdrant"
