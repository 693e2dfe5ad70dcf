"""Stores that are opened to applications: the ports, the user and the secret, and nothing where nobody is named."""

from __future__ import annotations

import functools
import re

import pytest
import yaml

from components.settings.judge import Given, judge
from components.settings.secrets import SECRETS
from tests.harness.declare import PROJECT, declare_stack, real_stack, stack_settings
from tests.harness.told import rendered

PORTS = {"opensearch-members": {9200}, "qdrant-members": {6333, 6334}, "chroma": {8000}}
NAMESPACES = ("shop", "search-api")


@functools.cache
def opened():
    stack = stack_settings("dev")
    sections = {
        name: getattr(stack, name).model_copy(update={"open_to": NAMESPACES})
        for name in ("opensearch", "qdrant", "chroma")
    }
    return declare_stack(stack.model_copy(update=sections), "dev")


def from_others(recording):
    """Return the ports that other stacks' namespaces reach, by the policy that opens them."""
    found = {}
    for policy in recording.of_kind("NetworkPolicy"):
        for rule in policy.inputs["spec"].get("ingress", []):
            for peer in rule["from"]:
                for named in peer.get("namespaceSelector", {}).get("matchExpressions", []):
                    assert named["values"] == list(NAMESPACES)
                    ports = found.setdefault(policy.object_name.removesuffix("-ingress"), set())
                    ports |= {port["port"] for port in rule["ports"]}
    return found


def test_each_store_opens_its_ports_to_the_namespaces_that_it_names_and_to_no_other():
    assert from_others(opened()) == PORTS
    assert from_others(real_stack("dev")) == {}


def test_applications_log_into_opensearch_as_a_user_that_deletes_no_index_and_writes_no_logs():
    told = rendered(opened(), "opensearch-jobs-configure")
    assert told["roleMappings"]["ballast_applications"]["users"] == ["applications"]
    (permission,) = told["roles"]["ballast_applications"]["index_permissions"]
    assert permission["index_patterns"] == ["workflows-*", "logs-*"]
    assert not [action for action in permission["allowed_actions"] if "delete" in action or action == "indices_all"]
    assert "applications" not in rendered(real_stack("dev"), "opensearch-jobs-configure")["users"]


def test_the_page_for_applications_names_addresses_and_certificates_that_are_declared():
    page = (PROJECT / "docs" / "clusters.md").read_text(encoding="utf-8")
    held = {(one.namespace, one.inputs["spec"]["secretName"]) for one in opened().of_kind("Certificate")}
    copied = re.findall(r"--namespace (\S+) get secret (\S+)", page)
    assert len(copied) == 2
    assert set(copied) <= held
    services = {(one.object_name, one.namespace) for one in opened().of_kind("Service")}
    assert {("opensearch", "opensearch"), ("qdrant", "qdrant"), ("chroma", "databases")} <= services & {
        (service, namespace) for service, namespace in re.findall(r"`([a-z]+)\.([a-z]+)\.svc`", page)
    }


@pytest.mark.parametrize("given", [True, False])
def test_an_opened_opensearch_needs_the_password_of_its_applications(given):
    config = yaml.safe_load((PROJECT / "Pulumi.dev.yaml").read_text(encoding="utf-8"))["config"]
    values = {key.removeprefix("ballast:"): value for key, value in config.items() if key.startswith("ballast:")}
    values = {key: value for key, value in values.items() if key not in SECRETS}
    values["opensearch"] |= {"openTo": list(NAMESPACES)} if given else {}
    missing = [mistake.path for mistake in judge(Given("dev", values, frozenset()))[1]]
    assert (("ballast:opensearchApplicationsPassword",) in missing) == given
