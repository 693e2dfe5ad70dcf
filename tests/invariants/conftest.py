"""Every invariant holds over all three real stack files."""

from __future__ import annotations

import pytest

from tests.harness.declare import STACKS, real_stack


@pytest.fixture(params=STACKS)
def stack(request):
    """What the program declares for one of the real stack files."""
    return real_stack(request.param)
