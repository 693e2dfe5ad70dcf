"""What is said about one resource: its URN, whether it holds data, what would replace it, and none of its secrets."""

from __future__ import annotations

from dataclasses import replace

import pulumi
import pytest
from pulumi_kubernetes.core.v1 import ConfigMap

from ops.manifest.objects import entries, holds_data, masked
from ops.manifest.replacement import FIXED, replace_keys
from tests.harness.declare import declare, real_stack
from tests.harness.recorded import DATA_BEARING


def found(kind, name, stack="prod"):
    return real_stack(stack).one(kind, name)


def test_a_urn_names_the_whole_chain_of_types_as_the_engine_writes_it():
    class Part(pulumi.ComponentResource):
        def __init__(self, name, opts=None):
            super().__init__(f"test:{name}:Part", name, None, opts)

    def build():
        outer = Part("outer")
        middle = Part("middle", pulumi.ResourceOptions(parent=outer))
        Part("inner", pulumi.ResourceOptions(parent=middle))

    urns = [resource.urn for resource in declare(build).resources]
    assert urns == [
        "urn:pulumi:test::ballast::test:outer:Part::outer",
        "urn:pulumi:test::ballast::test:outer:Part$test:middle:Part::middle",
        "urn:pulumi:test::ballast::test:outer:Part$test:middle:Part$test:inner:Part::inner",
    ]


def test_a_resource_tells_the_urns_that_it_had_before():
    def build():
        whole = pulumi.ResourceOptions(aliases=["urn:pulumi:test::ballast::kubernetes:core/v1:ConfigMap::older"])
        named = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")])
        ConfigMap("a", opts=whole)
        ConfigMap("b", opts=named)
        ConfigMap("c")

    a, b, c = (entry["aliases"] for entry in entries(declare(build).resources, inputs=False))
    assert a == ["urn:pulumi:test::ballast::kubernetes:core/v1:ConfigMap::older"]
    assert b == ["urn:pulumi:test::ballast::kubernetes:core/v1:ConfigMap::old"]
    assert c == []


def test_what_the_invariants_call_data_holds_data_here():
    for stack in ("dev", "staging", "prod"):
        for resource in real_stack(stack).resources:
            if resource.type in DATA_BEARING or resource.protect or resource.retain_on_delete:
                assert holds_data(resource), resource.urn


def test_development_whose_data_is_not_protected_holds_data_all_the_same():
    for kind, name in (
        ("StatefulSet", "qdrant"),
        ("StatefulSet", "chroma"),
        ("Certificate", "opensearch-authority-root"),
        ("Namespace", "opensearch"),
        ("PersistentVolumeClaim", "volume-knowledge"),
        ("Alertmanager", "alerts"),
    ):
        resource = found(kind, name, "dev")
        assert not resource.protect
        assert holds_data(replace(resource, retain_on_delete=False)), name


def test_what_is_made_again_at_no_loss_holds_no_data():
    for kind, name in (("Deployment", "kube-state-metrics"), ("Service", "chroma"), ("Certificate", "opensearch-http")):
        assert not holds_data(found(kind, name)), name


def test_an_empty_store_that_is_let_go_of_holds_no_data():
    store = found("StatefulSet", "qdrant", "dev")
    assert not holds_data(replace(store, inputs=store.inputs | {"spec": store.inputs["spec"] | {"replicas": 0}}))


@pytest.mark.parametrize("path", ["serviceName", "selector", "podManagementPolicy"])
def test_another_value_of_a_fixed_field_shows(path):
    store = found("StatefulSet", "qdrant")
    other = replace(store, inputs=store.inputs | {"spec": store.inputs["spec"] | {path: "another"}})
    assert replace_keys(store) != replace_keys(other)
    assert replace_keys(other)[f"spec.{path}"] == "another"


def test_a_field_that_the_program_ignores_replaces_nothing():
    store = found("StatefulSet", "qdrant")
    assert "spec.volumeClaimTemplates" in FIXED["apps/v1:StatefulSet"]
    assert "spec.volumeClaimTemplates" not in replace_keys(store)
    assert "spec.volumeClaimTemplates" in replace_keys(replace(store, ignore_changes=()))


def test_content_that_replaces_is_told_by_its_digest():
    kept = replace_keys(found("Secret", "opensearch-admin-password"))
    assert len(str(kept["stringData"])) == 12
    assert "value of opensearchAdminPassword" not in str(kept)
    assert len(str(replace_keys(found("Job", "opensearch-jobs-bootstrap"))["spec.template"])) == 12


def test_another_provider_replaces():
    assert str(replace_keys(found("Namespace", "opensearch"))["provider"]).endswith(
        "pulumi:providers:kubernetes::cluster"
    )


def test_a_secret_is_masked_wherever_it_stands():
    resource = replace(
        found("ConfigMap", "grafana-scripts"),
        inputs={"a": {"b": ["open", {"c": "hidden"}]}, "d": "hidden"},
        secret_paths=frozenset({"a.b[1].c", "d"}),
    )
    assert masked(resource) == {"a": {"b": ["open", {"c": "[secret]"}]}, "d": "[secret]"}


def test_inputs_are_told_only_when_they_are_asked_for():
    assert "inputs" not in entries(real_stack("dev").resources)[0]
    assert "inputs" in entries(real_stack("dev").resources, inputs=True)[0]
