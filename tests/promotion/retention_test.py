"""What deletes by the clock: a time gets shorter only when a person names it."""

from __future__ import annotations

import re

import pytest

from ops.promotion.gates import Mark
from ops.promotion.proposal import Exceptions, Proposal
from ops.promotion.retention import retention

DEV, STAGING = "dev", "staging"
LOGS = 'patterns: ["logs-*"]\n        shards: 1\n        deleteAfter: '


def answer(stage, *downgrades):
    proposal = Proposal.read(stage.folder, DEV, STAGING)
    assert proposal.selected
    return retention(
        proposal.of((), Exceptions(downgrades=frozenset(downgrades), because="meant" if downgrades else ""))
    )


@pytest.mark.parametrize(("time", "mark"), [("29d", Mark.REFUSED), ("31d", Mark.PASSED), ("null", Mark.PASSED)])
def test_an_index_is_not_deleted_earlier_than_before(stage, time, mark):
    stage.change("dev", f"{LOGS}30d", f"{LOGS}{time}")
    assert answer(stage).mark is mark


def test_what_is_kept_for_ever_gets_no_end(stage):
    stage.change("dev", "deleteAfter: null", "deleteAfter: 365d")
    (sentence,) = answer(stage).sentences
    what = "ballast:opensearch.indexes.workflows.deleteAfter, opensearch.indexes of patterns workflows-*"
    assert f"{what}: for ever -> 365d would delete what is older" in sentence


def test_a_named_key_may_get_shorter(stage):
    stage.change("dev", f"{LOGS}30d", f"{LOGS}7d")
    assert answer(stage, "opensearch.indexes.logs.deleteAfter").mark is Mark.PASSED


def streams(stage, name, written=""):
    """Write an environment's streams of logs anew, or leave them out."""
    text, times = re.subn(r"(?m)^    streams:.*\n(?:      .*\n)*", written, stage.text(name))
    assert times == 1
    stage.file(name).write_text(text)


KEPT = "    streams: {{{name}: {{namespace: {namespace}, retention: {time}}}}}\n"


def test_a_stream_of_logs_that_is_gone_is_kept_as_long_as_everything_else(stage):
    streams(stage, "dev")
    (sentence,) = answer(stage).sentences
    assert "ballast:loki.streams.opensearch.retention, loki.retention of namespace opensearch: 90d -> " in sentence


@pytest.mark.parametrize(("time", "mark"), [("1d", Mark.REFUSED), ("90d", Mark.PASSED)])
def test_a_stream_that_is_new_is_compared_with_what_held_before(stage, time, mark):
    streams(stage, "staging")
    streams(stage, "dev", KEPT.format(name="opensearch", namespace="opensearch", time=time))
    assert answer(stage).mark is mark
    assert answer(stage, "loki.streams.opensearch.retention").mark is Mark.PASSED


def test_a_stream_that_speaks_of_another_namespace_takes_the_time_from_the_first(stage):
    for name, namespace in (("dev", "qdrant"), ("staging", "opensearch")):
        streams(stage, name, KEPT.format(name="kept", namespace=namespace, time="90d"))
    (sentence,) = answer(stage).sentences
    assert "ballast:loki.streams.kept.retention, loki.retention of namespace opensearch: 90d -> " in sentence
