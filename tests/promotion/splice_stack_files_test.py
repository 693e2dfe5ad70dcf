"""The stack files of this repository: every promoted key of dev reaches the two others, and nothing else changes."""

from __future__ import annotations

import copy

import pytest
import yaml

from components.settings.document import document_of
from components.settings.promotion import promoted
from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from ops.errors import RefusedError
from ops.promotion.splice import REMOVED, Change, splice
from tests.harness.declare import PROJECT
from tests.harness.splices import difference

TARGETS = ["staging", "prod"]


def text_of(stack):
    return (PROJECT / f"Pulumi.{stack}.yaml").read_bytes().decode()


def values_of(stack):
    return promoted(read_stack(PROJECT / f"Pulumi.{stack}.yaml", SECRETS))


def other(value):
    """A value of the same kind that is written nowhere in the file."""
    if isinstance(value, int):
        return value + 7
    return ["x-1", "x-2"] if isinstance(value, list) else "x9.9" if value is None else f"{value}.9"


def upstream(values):
    """Dev's file with other values, as a program would write it: no comment, another order, another layout."""
    data = copy.deepcopy(document_of(text_of("dev"), "Pulumi.dev.yaml").data)
    for change in values:
        *above, last = change.path
        section = data
        for name in above:
            section = section[name]
        assert section[last] != change.value
        section[last] = change.value
    return yaml.safe_dump(data, sort_keys=True)


def spliced(source, stack, changes):
    return splice(source, text_of(stack), changes, source_name="Pulumi.dev.yaml", target_name=f"Pulumi.{stack}.yaml")


WRITTEN = document_of(text_of("dev"), "Pulumi.dev.yaml").lines
CHANGES = [
    change
    for change in (Change(key, other(value)) for key, value in values_of("dev").items())
    if change.path in WRITTEN  # the rest is left to its default
]


@pytest.mark.programs
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: ".".join(change.key))
def test_one_promoted_key_changes_on_the_lines_that_hold_it(change):
    stack = "staging"
    before = text_of(stack)
    line = document_of(before, stack).lines[change.path]
    after = spliced(upstream([change]), stack, [change])
    gone = [text[2:] for text in difference(before, after) if text[0] == "-"]
    assert gone == [before.splitlines(keepends=True)[line - 1]]
    _, _, comment = gone[0].partition("#")
    assert comment in after.splitlines(keepends=True)[line - 1]


@pytest.mark.parametrize("stack", TARGETS)
def test_all_promoted_keys_change_at_once_and_nothing_else(stack):
    after = spliced(upstream(CHANGES), stack, CHANGES)
    written = document_of(after, stack).data
    for change in CHANGES:
        found = written
        for name in change.path:
            found = found[name]
        assert found == change.value
    # Keys between the same braces share a line.
    lines = {document_of(text_of(stack), stack).lines[change.path] for change in CHANGES}
    assert len([line for line in difference(text_of(stack), after) if line[0] == "-"]) == len(lines)


@pytest.mark.programs
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: ".".join(change.key))
def test_a_key_that_is_lost_comes_back_where_it_stood(change):
    """Dev writes promoted keys with the same comments as the others, so the file is what it was."""
    stack = "prod"
    original = text_of(stack)
    number = document_of(original, stack).lines[change.path] - 1
    lines = original.splitlines(keepends=True)
    if "{" in lines[number].partition("#")[0]:
        taken = [Change(change.key, REMOVED)]
        with pytest.raises(RefusedError, match=f"line {number + 1}.*between braces"):
            spliced(text_of("dev"), stack, taken)
        return
    holed = "".join([*lines[:number], *lines[number + 1 :]])
    back = [Change(change.key, values_of("dev")[change.key])]
    restored = splice(text_of("dev"), holed, back, source_name="Pulumi.dev.yaml", target_name=f"Pulumi.{stack}.yaml")
    assert restored == original
