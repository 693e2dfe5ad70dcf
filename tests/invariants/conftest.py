"""Every invariant holds over all three real stack files."""

from __future__ import annotations

from functools import cache

import pytest

from tests.harness.declare import STACKS, declare_stack, stack_settings


@cache
def _declared(name):
    return declare_stack(stack_settings(name))


@pytest.fixture(params=STACKS)
def stack(request):
    """What the program declares for one of the real stack files."""
    return _declared(request.param)
