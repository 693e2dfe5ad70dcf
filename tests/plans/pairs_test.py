"""From any valid stack file to any other: no plan takes data away, or the step is refused before it is begun."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.harness.effort import repeatable
from tests.harness.places import left
from tests.harness.plans import losses, lowered, refusal, replicas
from tests.harness.stack_families import stack_families, steps

pytestmark = pytest.mark.plans


OUTCOMES = {"refused", "drained", "taken", "would lose", "would leave"}
"""Without each of them among the pairs the property would say nothing."""


def look(seen, old, new):
    lost, refused, fewer = losses(old, new), refusal(old, new), lowered(old, new)
    seen.add("refused" if refused else "drained" if fewer else "taken")
    seen.update({"would lose"} if lost else set())
    assert not lost or refused, lost
    behind = left(old, new)
    seen.update({"would leave"} if behind else set())
    assert {key for key in behind if f"ballast:{key}" not in refused} == set(), refused
    if not refused:
        smaller = {name for name, count in replicas(old).items() if replicas(new).get(name, 0) < count}
        # The guard that waits for a drain sees every store's StatefulSet that shrinks.
        assert smaller == fewer


def test_no_step_between_two_stack_files_takes_data_away():
    seen, declared = set(), {}

    @given(stack_families())
    @repeatable(12)
    def step(family):
        for old, new in steps(family, declared):
            look(seen, old, new)

    step()
    assert seen == OUTCOMES
