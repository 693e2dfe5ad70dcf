"""A platform with a prefix beside one without on the same cluster: nothing of it is where the other's is."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from pydantic import TypeAdapter, ValidationError

from components.settings.store import DATABASES
from components.settings.telemetry_namespaces import NAMESPACE, NODE_AGENTS
from components.settings.texts import NamespacePrefix
from components.stores.opensearch.settings import NAMESPACE as OPENSEARCH
from components.stores.qdrant.settings import NAMESPACE as QDRANT
from tests.harness.declare import declare_stack, real_stack, stack_settings

PREFIX = "twin-"
NAMESPACES = {name.bare for name in (OPENSEARCH, QDRANT, DATABASES, NAMESPACE, NODE_AGENTS)}
ADDRESS = re.compile(rf"\w\.({'|'.join(NAMESPACES)})(?=\.svc|[\"'/:,]|$)")
"""A name in a namespace, as DNS has it."""


@cache
def second():
    """Prod, with a prefix."""
    return declare_stack(stack_settings("prod").model_copy(update={"namespace_prefix": PREFIX}), "prod")


def in_cluster():
    return [one for one in second().resources if one.type.startswith("kubernetes:") and not one.type.endswith("Patch")]


def texts(value):
    """Every text in an object: keys, values, and those in JSON that is itself a text."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def named(value, keys):
    """Every text below one of these keys."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in keys:
                yield from texts(inner)
            yield from named(inner, keys)
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner, keys)


def test_it_is_the_same_platform_but_for_the_prefix():
    """What is not the same: what is recorded of it, and what is asked of the namespaces of one platform alone."""
    first = {one.urn: one for one in real_stack("prod").resources}
    assert first.keys() == {one.urn for one in second().resources}
    different = {
        one.name
        for one in second().resources
        if json.dumps(one.inputs, sort_keys=True).replace(PREFIX, "")
        != json.dumps(first[one.urn].inputs, sort_keys=True)
    }
    assert different == {
        "opensearch-namespace",
        "grafana-ballast-overview",
        "grafana-ballast-cluster",
        "grafana-ballast-delivery",
        "cluster-rules",
    }


def test_every_namespace_and_whatever_stands_in_none_has_the_prefix():
    spaces = {one.object_name for one in second().of_kind("Namespace")}
    assert spaces == {PREFIX + name for name in NAMESPACES}
    for one in in_cluster():
        assert (one.namespace or one.object_name).startswith(PREFIX), one.urn


def test_whatever_names_a_namespace_names_one_of_its_own():
    others = {*stack_settings("prod").collector.open_to, *stack_settings("prod").grafana.open_to, "kube-system"}
    spaces = {one.object_name for one in second().of_kind("Namespace")}
    for one in in_cluster():
        selectors = list(named(one.inputs, {"kubernetes.io/metadata.name", "namespace"}))
        selectors += re.findall(r'"namespace": ?"([^"]+)"', "\n".join(texts(one.inputs)))
        assert set(selectors) <= spaces | others, one.urn
        for part in named(one.inputs, {"app.kubernetes.io/part-of"}):
            assert part in (f"{PREFIX}ballast", "app.kubernetes.io/part-of"), one.urn


def test_every_address_leads_into_a_namespace_of_its_own():
    found = 0
    for one in in_cluster():
        for text in texts(one.inputs):
            assert not ADDRESS.search(text), (one.urn, ADDRESS.search(text))
            found += len(re.findall(rf"\.{PREFIX}[a-z-]+\.svc", text))
    assert found > 50


def test_the_operator_looks_into_its_own_namespaces_alone():
    pod = second().one("Deployment", "prometheus-operator").pod
    assert pod is not None
    watched = {
        name
        for word in pod["containers"][0]["args"]
        if "namespaces=" in word
        for name in word.partition("=")[2].split(",")
    }
    assert watched == {one.object_name for one in second().of_kind("Namespace")}


def test_a_drain_is_known_by_the_name_that_the_guards_compare():
    accounts = {(one.namespace, one.object_name) for one in second().of_kind("ServiceAccount")}
    assert {(f"{PREFIX}{store}", f"{PREFIX}{store}-drain") for store in ("opensearch", "qdrant")} <= accounts


def test_agents_of_two_platforms_share_no_port_and_no_folder_of_a_node():
    for recording, part in ((real_stack("prod"), "ballast"), (second(), f"{PREFIX}ballast")):
        for agent in recording.of_kind("DaemonSet"):
            pod = agent.pod
            assert pod is not None
            written = [
                volume["hostPath"]["path"]
                for volume in pod["volumes"]
                if volume.get("hostPath", {}).get("type") == "DirectoryOrCreate"
            ]
            assert all(path.startswith(f"/var/lib/{part}/") for path in written), agent.urn
            assert not pod.get("hostNetwork")
            assert not [port for one in pod["containers"] for port in one.get("ports", []) if "hostPort" in port]


@pytest.mark.parametrize("metric", ["kube_pod_status_ready", "kubelet_volume_stats_available_bytes"])
def test_panels_show_its_own_namespaces_and_those_of_one_without_a_prefix_all(metric):
    for recording, wanted in ((real_stack("prod"), False), (second(), True)):
        board = recording.one("ConfigMap", "grafana-ballast-overview")
        queries = [
            text for text in re.findall(r'"expr": "(.*)"', "".join(board.inputs["data"].values())) if metric in text
        ]
        assert queries
        for query in queries:
            # Everything that has the prefix, or one namespace by its name.
            selected = re.findall(rf'{metric}\{{[^}}]*namespace=~?\\"{PREFIX}', query)
            assert bool(selected) == wanted, query


def test_the_longest_prefix_leaves_room_for_every_namespace_and_what_is_labelled_by_it():
    longest = f"{'e' * 39}-"
    adapter = TypeAdapter(NamespacePrefix)
    assert adapter.validate_python(longest) == longest
    with pytest.raises(ValidationError):
        adapter.validate_python(f"e{longest}")
    assert max(len(longest + name) for name in (*NAMESPACES, "ballast")) <= 63
