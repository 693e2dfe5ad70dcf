"""The standing stack of this folder. Its files run in the order that tests/conftest.py gives, and each runs alone."""

from __future__ import annotations

import pytest

from tests.harness.own_stacks import own_stacks


@pytest.fixture(scope="package")
def stacks(local_cluster, tmp_path_factory):
    """Makes stacks from real stack files for all tests of this folder."""
    with own_stacks(local_cluster, tmp_path_factory) as make:
        yield make


@pytest.fixture(scope="package")
def prod(stacks):
    """A fourth environment, which is prod's file under another name, up: rules ask for its tier and not its name."""
    stack = stacks("eu-prod", "prod")
    stack.up()
    return stack
