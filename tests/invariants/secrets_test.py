"""No secret is ever plain: not in an input, not in an environment variable, not in an output."""

from __future__ import annotations

import json
import re

VALUE = re.compile("value of (opensearch|qdrant|alertmanager|collector|grafana)")
"""What the harness gives for a secret."""


def test_every_secret_of_the_cluster_is_secret_in_the_state(stack):
    secrets = stack.of_kind("Secret")
    texts = json.dumps([secret.inputs for secret in secrets])
    # Every secret of the stack file whose section is there ends in a Secret; OpenSearch's are always.
    assert len(set(re.findall(r"value of (\w+)", texts))) >= 8
    for secret in secrets:
        assert "stringData" in secret.secret_paths, secret.name


def test_no_secret_appears_in_anything_but_a_secret(stack):
    for resource in stack.resources:
        if resource.kind != "Secret":
            assert not VALUE.search(json.dumps(resource.inputs)), resource.name


def test_no_environment_variable_holds_a_literal_secret(stack):
    for workload in stack.workloads:
        for container in workload.pod["containers"]:
            for variable in container.get("env", []):
                if "PASSWORD" in variable["name"] or variable["name"].endswith("_KEY"):
                    assert "secretKeyRef" in variable["valueFrom"]


def test_every_password_says_why_it_exists_and_who_reads_it(stack):
    for secret in stack.of_kind("Secret"):
        if secret.name.endswith("-password"):
            annotations = secret.inputs["metadata"]["annotations"]
            assert len(annotations["ballast/purpose"]) > 20
            assert annotations["ballast/readers"]


def test_no_component_exports_a_secret(stack):
    for outputs in stack.outputs.values():
        assert not VALUE.search(json.dumps(outputs))
