"""`pulumi preview` of the three real stack files, as a pull request runs it, beside what the mocks recorded.

Golden manifests and `ballast promote` stand on the two being equal.
"""

from __future__ import annotations

import base64
import json
from functools import cache

import pytest
import yaml

from components.settings.secrets import SECRETS
from ops.manifest.objects import entries
from tests.harness.declare import PROJECT, STACKS, declare_stack, real_stack, stack_settings
from tests.harness.project import HOSTS, secret_value

pytestmark = pytest.mark.engine

STACK = "pulumi:pulumi:Stack"
FORMS = {"dev": ("--diff",), "staging": (), "prod": ("--json", "--show-sames")}
"""How each is previewed: as a person reads it in detail, in short, and as the workflows keep it for a day."""


@pytest.fixture(scope="module")
def stack(stacks):
    """Makes the stack of a name once: nothing here changes one."""
    return cache(stacks)


@pytest.fixture(scope="module")
def previewed(stack):
    """Previews the stack of a name once and returns the finished process."""
    return cache(lambda name: stack(name).pulumi("preview", "--non-interactive", *FORMS[name]))


@pytest.fixture(scope="module")
def heard(previewed):
    """Every resource that a preview of production would make, by URN, as the engine has it."""
    made = [step["newState"] for step in json.loads(previewed("prod").stdout)["steps"] if step["op"] == "create"]
    return {state["urn"]: state for state in made if state["type"] != STACK}


@pytest.fixture(scope="module")
def recorded():
    return {entry["urn"]: entry for entry in entries(real_stack("prod").resources, inputs=True)}


@pytest.mark.parametrize("name", ["dev", "staging"])
def test_the_preview_of_a_real_stack_file_declares_what_the_mocks_declared(previewed, name):
    said = previewed(name).stdout
    expected = len(declare_stack(stack_settings(name), name).resources) + 1  # and the stack itself
    assert f"+ {expected} to create" in said


def test_the_urns_are_those_of_the_engine(heard, recorded):
    assert len(heard) > 300
    assert heard.keys() == recorded.keys()


@pytest.mark.parametrize("name", STACKS)
def test_nothing_is_warned_of(previewed, name):
    result = previewed(name)
    # The details show the texts of alerts and of programs.
    said = (result.stdout if name == "staging" else "") + result.stderr
    assert "error" not in said.lower()
    assert "warning" not in said.lower()


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_only_the_clusters_identity_and_the_secrets_differ_in_the_copy(stack, name):
    copy = yaml.safe_load(stack(name).file.read_text())
    original = yaml.safe_load((PROJECT / f"Pulumi.{name}.yaml").read_text().replace(*HOSTS))
    replaced = {"kubeconfig", "context", "identity"}
    for document in (copy, original):
        document.pop("secretsprovider", None)
        document.pop("encryptionsalt", None)
        for key in SECRETS:
            document["config"].pop(f"ballast:{key}", None)
        for key in replaced:
            document["config"]["ballast:cluster"].pop(key, None)
    assert copy == original


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_no_secret_is_printed_by_a_preview_with_details(previewed, name):
    said = previewed(name).stdout
    assert "[secret]" in said
    for key in SECRETS:
        assert secret_value(key) not in said
        assert base64.b64encode(secret_value(key).encode()).decode() not in said


def test_parents_and_promises_to_keep_are_those_of_the_engine(heard, recorded):
    for urn, state in heard.items():
        entry = recorded[urn]
        promised = (state.get("protect", False), state.get("retainOnDelete", False))
        assert promised == (entry["protect"], entry["retainOnDelete"]), urn
        if STACK not in state["parent"]:
            assert state["parent"] == entry["parent"], urn


def test_names_in_the_cluster_are_those_of_the_engine(heard, recorded):
    given = [urn for urn, entry in recorded.items() if entry["inputs"].get("metadata", {}).get("name")]
    assert len(given) > 200
    for urn in given:
        metadata = heard[urn]["inputs"]["metadata"]
        assert (metadata["name"], metadata.get("namespace", "")) == (
            recorded[urn]["object"],
            recorded[urn]["namespace"],
        )
