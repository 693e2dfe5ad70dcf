"""Whatever family the addresses of pods are of, their programs listen there."""

from __future__ import annotations

import json

import pytest

from tests.harness.declare import STACKS, declare_stack, stack_settings

IPV4 = "0.0.0.0"  # noqa: S104 - looked for
JAVA = "network.host: 0.0.0.0"
"""For Java that is every address of both families, as was seen with a socket of its own."""


@pytest.mark.parametrize("name", STACKS)
def test_where_pods_have_addresses_of_ipv6_nothing_listens_at_those_of_ipv4_alone(name):
    stack = stack_settings(name)
    stack = stack.model_copy(update={"cluster": stack.cluster.model_copy(update={"ipv6": True})})
    declared = declare_stack(stack, name)
    given = [json.dumps(one.inputs, default=str).replace(JAVA, "") for one in declared.resources]
    assert not [text for text in given if IPV4 in text]
    assert sum("::" in text for text in given) >= sum(
        section is not None for section in (stack.qdrant, stack.chroma, stack.console)
    )
