"""Components are parts lists: one face, one provider, one grammar of names."""

from __future__ import annotations

import importlib
import re

from tests.harness.declare import PROJECT


def classes(stack):
    for resource in stack.resources:
        if resource.type.startswith("ballast:"):
            yield resource


def find(token):
    _, folder, name = token.split(":")
    rooms = [PROJECT / "components" / folder, PROJECT / "components" / "stores" / folder]
    files = [file for room in rooms for file in sorted(room.rglob("*.py"))] or [rooms[0].with_suffix(".py")]
    for file in files:
        module = ".".join(file.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
        found = getattr(importlib.import_module(module), name, None)
        if found is not None:
            return found
    raise AssertionError(f"no class for {token}")


def test_a_component_registers_exactly_its_annotated_outputs(stack):
    for resource in classes(stack):
        annotated = {key for key, kind in find(resource.type).__annotations__.items() if str(kind).startswith("Output")}
        assert set(stack.outputs[resource.urn]) == annotated, resource.type


def test_every_type_token_follows_one_grammar(stack):
    for resource in classes(stack):
        assert re.fullmatch(r"ballast:[a-z]+:[A-Z][A-Za-z]+", resource.type)


def test_everything_is_made_by_the_provider_that_recognised_the_cluster(stack):
    for resource in stack.resources:
        if resource.type.startswith("kubernetes:"):
            assert "::cluster::" in resource.provider, resource.name


def test_everything_waits_for_the_namespace_and_so_for_the_recognised_cluster(stack):
    objects = {resource.urn: resource for resource in stack.resources}
    namespaces = {namespace.urn for namespace in stack.of_kind("Namespace")}

    def waits(urn, seen):
        if urn in namespaces:
            return True
        resource = objects.get(urn)
        if resource is None or urn in seen:
            return False
        return any(waits(other, seen | {urn}) for other in (*resource.dependencies, resource.parent))

    for resource in stack.resources:
        if resource.type.startswith("kubernetes:"):
            assert waits(resource.urn, frozenset()), resource.name


def test_no_name_holds_the_environment(stack):
    for resource in stack.resources:
        assert not re.search(r"\b(dev|staging|prod)\b", resource.name), resource.name


def test_every_object_carries_the_platforms_labels_where_pods_do(stack):
    for workload in stack.workloads:
        assert workload.pod_labels["app.kubernetes.io/part-of"] == "ballast"
        selector = workload.inputs["spec"].get("selector", {}).get("matchLabels", {})
        assert selector.items() <= workload.pod_labels.items()


def test_every_config_map_fits_into_the_api_server(stack):
    for config_map in stack.of_kind("ConfigMap"):
        # The API server takes 1 MiB, keys and encoding included; programs travel with the kit they stand on.
        assert sum(len(text.encode()) for text in config_map.inputs["data"].values()) < 900 * 1000, config_map.name
