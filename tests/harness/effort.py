"""How much of a test of thousands of cases is run: all, or in `make check` a sample that is the same in every run."""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    from collections.abc import Iterable

Case = TypeVar("Case")

SAMPLE = os.environ.get("BALLAST_SAMPLE") == "1"
"""Whether a sample is enough: `make check` says so, and nobody else."""

EXAMPLES = 10
"""Random examples of each property in a sample."""


def sampled(cases: Iterable[Case], *, one_in: int) -> Iterable[Case]:
    """Return all cases, or of a sample every so many-th."""
    return islice(cases, 0, None, one_in) if SAMPLE else cases


def examples(whole: int) -> int:
    """Return how many random examples a property gets."""
    return min(whole, EXAMPLES) if SAMPLE else whole


def repeatable(whole: int) -> settings:
    """Return settings of a property whose examples are the same in every run and take seconds each.

    One that fails can be looked at, and CI tells commits apart. A smaller one would be found in minutes; the one that
    fails is small enough.
    """
    return settings(
        max_examples=whole,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )


settings.register_profile("sample", max_examples=EXAMPLES, deadline=None)
if SAMPLE:
    settings.load_profile("sample")
