"""Every name and label as rendered has room where the API server reads it, with the longest names that are allowed."""

from __future__ import annotations

import copy
import json

from components.settings.judge import Given, judge
from components.settings.secrets import SECRETS
from tests.harness.declare import declare_stack
from tests.harness.stack_families import BASE

SHORT = "longest-of-all-names"
LONGEST = {
    "Namespace": 63,
    "Service": 63,
    "StatefulSet": 52,
    "CronJob": 52,
    "Job": 63,
    "DaemonSet": 63,
    "Deployment": 63,
}
"""Of what becomes a label of pods, or a part of their names; everything else may have 253 characters."""


def longest():
    """A platform in which all that a person names has as many characters as may be."""
    stack = copy.deepcopy(BASE) | {"namespacePrefix": "p" * 39 + "-"}
    stack["volumes"] = {SHORT: stack["volumes"]["knowledge"]}
    stack["opensearch"]["pools"][SHORT] = {**stack["opensearch"]["pools"]["data"], "nodes": 1}
    settings, mistakes = judge(Given("staging", json.loads(json.dumps(stack)), frozenset()), SECRETS)
    assert mistakes == []
    assert settings is not None
    return declare_stack(settings, "staging")


def labels(inputs):
    """The values of every label and selector, wherever they stand in an object."""
    if isinstance(inputs, dict):
        for key, inner in inputs.items():
            if key in ("labels", "matchLabels") and isinstance(inner, dict):
                yield from inner.values()
            else:
                yield from labels(inner)
    elif isinstance(inputs, list):
        for inner in inputs:
            yield from labels(inner)


def test_the_longest_names_are_ones_that_the_api_server_takes():
    declared = longest()
    named = [one for one in declared.resources if one.type.startswith("kubernetes:")]
    assert {one.kind for one in named} >= LONGEST.keys() - {"Job"}
    assert {f"volume-{SHORT}", f"opensearch-{SHORT}-eu-central-1a"} <= {one.object_name for one in named}
    seen: dict[tuple[str, str, str], str] = {}
    for one in named:
        metadata = one.inputs.get("metadata", {})
        assert len(one.object_name) <= LONGEST.get(one.kind, 253), (one.kind, one.object_name)
        assert all(len(value) <= 63 for value in labels(one.inputs)), one.object_name
        key = (one.type, metadata.get("namespace", ""), one.object_name)
        assert seen.setdefault(key, one.urn) == one.urn, "one object under two URNs"
