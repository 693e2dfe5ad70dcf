"""The real engine hears what the mocks recorded: golden manifests and `ballast promote` stand on that."""

from __future__ import annotations

import json

import pytest

from ops.manifest.objects import entries
from tests.harness.declare import real_stack

pytestmark = pytest.mark.engine

STACK = "pulumi:pulumi:Stack"


@pytest.fixture(scope="module")
def heard(stacks):
    """Every resource that a preview of production would make, by URN, as the engine has it."""
    stack = stacks("prod")
    steps = json.loads(stack.pulumi("preview", "--non-interactive", "--json").stdout)["steps"]
    made = [step["newState"] for step in steps if step["op"] == "create"]
    return {state["urn"]: state for state in made if state["type"] != STACK}


@pytest.fixture(scope="module")
def recorded():
    return {entry["urn"]: entry for entry in entries(real_stack("prod").resources, inputs=True)}


def test_the_urns_are_those_of_the_engine(heard, recorded):
    assert len(heard) > 300
    assert heard.keys() == recorded.keys()


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
