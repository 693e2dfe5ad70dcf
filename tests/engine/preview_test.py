"""`pulumi preview` of the three real stack files, as a pull request runs it."""

from __future__ import annotations

import base64
from functools import cache

import pytest
import yaml

from components.settings.secrets import SECRETS
from tests.harness.declare import PROJECT, STACKS, declare_stack, stack_settings
from tests.harness.project import secret_value

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def stack(stacks):
    """Makes the stack of a name once: nothing here changes one."""
    return cache(stacks)


@pytest.mark.parametrize("name", STACKS)
def test_the_preview_of_a_real_stack_file_declares_what_the_mocks_declared(stack, name):
    said = stack(name).preview()
    expected = len(declare_stack(stack_settings(name), name).resources) + 1  # and the stack itself
    assert f"+ {expected} to create" in said
    assert "error" not in said.lower()
    assert "warning" not in said.lower()


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_only_the_clusters_identity_and_the_secrets_differ_in_the_copy(stack, name):
    copy = yaml.safe_load(stack(name).file.read_text())
    original = yaml.safe_load((PROJECT / f"Pulumi.{name}.yaml").read_text())
    replaced = {"kubeconfig", "context", "identity"}
    for document in (copy, original):
        document.pop("secretsprovider", None)
        document.pop("encryptionsalt", None)
        for key in SECRETS:
            document["config"].pop(f"ballast:{key}", None)
        for key in replaced:
            document["config"]["ballast:cluster"].pop(key, None)
    assert copy == original


def test_no_secret_is_printed_by_a_preview_with_details(stack):
    dev = stack("dev")
    # What a person reads, and what the workflows keep for a day.
    for said in (dev.preview("--diff"), dev.preview("--json", "--show-sames")):
        assert "[secret]" in said
        for key in SECRETS:
            assert secret_value(key) not in said
            assert base64.b64encode(secret_value(key).encode()).decode() not in said
