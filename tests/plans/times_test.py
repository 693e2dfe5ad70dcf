"""From any valid stack file to any other: nothing is kept for a shorter time without a finding that names its key."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given

from components.settings.kept import KEPT_FOR, PLATFORM, read_kept, shortened
from tests.harness.effort import repeatable
from tests.harness.kept_times import fewer
from tests.harness.stack_families import steps, timed_families

pytestmark = pytest.mark.plans


def exported(declared):
    """What a preview has of it: the inputs of the platform."""
    (platform,) = [one for one in declared.resources if one.type == PLATFORM]
    kept = read_kept(platform.inputs[KEPT_FOR])
    assert kept
    return kept


def look(seen, old, new):
    was, now = exported(old), exported(new)
    lost, named = fewer(old, new), shortened(was, now)
    seen.add("shorter" if lost else "kept")
    said = [(asdict(one), asdict(other)) for one in was for other in now if one.key == other.key]
    assert not lost or named, (lost, said)
    # Each loss is under one finding with the very times that the programs are given.
    times = {(one.was, one.now) for one in named}
    for what, (before_seconds, after_seconds) in lost.items():
        assert (spoken(before_seconds), spoken(after_seconds)) in times, (what, before_seconds, after_seconds, times)
    for kind in ("metrics", "traces", "snapshots of opensearch"):
        section = {"metrics": "prometheus.retention", "traces": "tempo.retention"}.get(
            kind, "opensearch.recovery.retention"
        )
        assert (kind in lost) == (section in {one.key for one in named}), kind


def spoken(seconds):
    return "for ever" if seconds == float("inf") else f"{int(seconds) // 86400}d"


def test_nothing_is_kept_for_a_shorter_time_without_a_word():
    seen, declared = set(), {}

    @given(timed_families())
    @repeatable(5)
    def step(family):
        for old, new in steps(family, declared):
            look(seen, old, new)

    step()
    assert seen == {"shorter", "kept"}
