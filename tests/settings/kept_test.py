"""What a stack keeps for how long, and what of it a change shortens."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from components.settings.fields import fields
from components.settings.kept import FOR_EVER, Kept, kept_for, read_kept, shortened
from components.settings.markers import KeptFor
from components.settings.quantities import Duration
from components.settings.stack import StackSettings
from tests.harness.declare import stack_settings

LOGS, INDEXES = "loki.retention", "opensearch.indexes"


def default(time):
    return Kept(LOGS, LOGS, time)


def stream(name, time, **of):
    return Kept(LOGS, f"loki.streams.{name}.retention", time, of)


def index(name, time, pattern):
    return Kept(INDEXES, f"opensearch.indexes.{name}.deleteAfter", time, {"patterns": pattern})


REST = Kept(INDEXES, INDEXES, FOR_EVER)


def said(before, after):
    return [(one.key, one.what, one.was, one.now) for one in shortened(before, after)]


def test_each_time_after_which_something_is_deleted_is_known():
    """A field of the stack file that says how long something is kept is marked as such."""
    spoken = {
        ".".join(field.path)
        for field in fields(StackSettings)
        if field.name in ("retention", "recoverable_for", "logs_kept") or field.name.endswith("_after")
    }
    marked = {
        ".".join(field.path)
        for field in fields(StackSettings)
        if any(isinstance(one, KeptFor) for one in field.info.metadata)
    }
    assert spoken == marked


def test_production_says_what_it_keeps_for_each_store_stream_and_pattern():
    found = {(one.what, *one.of.values()): one.time for one in kept_for(stack_settings("prod"))}
    assert found["prometheus.retention",] == "30d"
    assert found["loki.retention", "opensearch"] == "90d"
    assert found["opensearch.indexes", "logs-*"] == "30d"
    assert found["opensearch.indexes", "workflows-*"] == found["opensearch.indexes",] == FOR_EVER
    assert {"qdrant.recovery.retention", "volumes.knowledge.recovery.retention"} <= {what for what, *_ in found}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([default("30d")], [default("7d")], [(LOGS, LOGS, "30d", "7d")]),
        ([default("30d")], [default("720h")], []),
        ([default("30d")], [default("90d")], []),
        # A stream that is new, one that is gone, one that speaks of another namespace now.
        (
            [default("30d")],
            [default("30d"), stream("a", "7d", namespace="a")],
            [("loki.streams.a.retention", "loki.retention of namespace a", "30d", "7d")],
        ),
        (
            [default("30d"), stream("a", "90d", namespace="a")],
            [default("30d")],
            [("loki.streams.a.retention", "loki.retention of namespace a", "90d", "30d")],
        ),
        (
            [default("30d"), stream("a", "90d", namespace="a")],
            [default("30d"), stream("a", "90d", namespace="b")],
            [("loki.streams.a.retention", "loki.retention of namespace a", "90d", "30d")],
        ),
        # One of another name that says the same is no change.
        ([default("30d"), stream("a", "90d", namespace="a")], [default("30d"), stream("b", "90d", namespace="a")], []),
        # Where two streams say equally much, the shorter time holds.
        (
            [default("30d"), stream("a", "90d", namespace="a")],
            [default("30d"), stream("a", "90d", namespace="a"), stream("b", "60d", service="b")],
            [("loki.streams.b.retention", "loki.retention of namespace a, service b", "90d", "60d")],
        ),
        # What is said of all the rest doesn't hold for what has a time of its own.
        (
            [default("90d"), stream("a", "7d", namespace="a")],
            [default("30d"), stream("a", "7d", namespace="a")],
            [(LOGS, LOGS, "90d", "30d")],
        ),
        # Indexes: an entry that is new ends what was kept for ever, a wider pattern holds for more.
        (
            [REST],
            [REST, index("a", "9d", "a-*")],
            [("opensearch.indexes.a.deleteAfter", "opensearch.indexes of patterns a-*", "for ever", "9d")],
        ),
        ([REST, index("a", "9d", "a-*")], [REST], []),
        ([REST, index("a", "9d", "a-*")], [REST, index("b", "9d", "a-x*")], []),
        (
            [REST, index("a", "9d", "a-x*")],
            [REST, index("a", "9d", "a-*")],
            [("opensearch.indexes.a.deleteAfter", "opensearch.indexes of patterns a-*", "for ever", "9d")],
        ),
        (
            [REST, index("a", "30d", "a-*")],
            [REST, index("b", "9d", "a-x")],
            [("opensearch.indexes.b.deleteAfter", "opensearch.indexes of patterns a-x", "30d", "9d")],
        ),
        # What is not there on one side is no question of time.
        ([REST], [REST, default("1d")], []),
        ([REST, default("1d")], [REST], []),
    ],
)
def test_what_holds_in_effect_is_compared(before, after, found):
    assert said(before, after) == found


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_what_is_exported_is_read_as_it_was_meant(name):
    kept = kept_for(stack_settings(name))
    assert read_kept([asdict(one) for one in kept]) == kept


@pytest.mark.parametrize(
    "data",
    [None, [], {}, ["30d"], [{"key": "a"}], [{"what": "a", "key": "a", "time": "soon"}], [{**asdict(REST), "of": "a"}]],
)
def test_what_has_another_form_says_nothing(data):
    assert read_kept(data) is None


def test_a_whole_stack_that_stays_as_it_is_shortens_nothing():
    stack = stack_settings("prod")
    assert shortened(kept_for(stack), kept_for(stack)) == []
    shorter = stack.model_copy(update={"tempo": stack.tempo.model_copy(update={"retention": Duration.parse("7d")})})
    assert said(kept_for(stack), kept_for(shorter)) == [("tempo.retention", "tempo.retention", "30d", "7d")]
