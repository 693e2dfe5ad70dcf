"""From any valid stack file to any other: no plan takes data away, or the step is refused before it is begun."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.harness.declare import declare_stack
from tests.harness.effort import repeatable
from tests.harness.plans import losses, lowered, refusal, replicas
from tests.harness.stack_pairs import stack_pairs

pytestmark = pytest.mark.plans


OUTCOMES = {"refused", "drained", "taken", "would lose"}
"""Without each of them among the pairs the property would say nothing."""


def look(seen, before, after):
    old, new = declare_stack(before, "staging"), declare_stack(after, "staging")
    lost, refused, fewer = losses(old, new), refusal(old, new), lowered(old, new)
    seen.add("refused" if refused else "drained" if fewer else "taken")
    seen.update({"would lose"} if lost else set())
    assert not lost or refused, lost
    if not refused:
        smaller = {name for name, count in replicas(old).items() if replicas(new).get(name, 0) < count}
        # The guard that waits for a drain sees every store's StatefulSet that shrinks.
        assert smaller == fewer


def test_no_step_between_two_stack_files_takes_data_away():
    seen = set()

    @given(stack_pairs())
    @repeatable(40)
    def step(pair):
        look(seen, *pair)

    step()
    assert seen == OUTCOMES
