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
def created(stacks):
    """Development in a state of its own, of which nobody has brought anything up here."""
    return stacks("dev")


@pytest.fixture(scope="package")
def dev(created):
    """Development, up."""
    created.up()
    return created
