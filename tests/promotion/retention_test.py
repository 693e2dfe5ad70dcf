"""What deletes by the clock: a time gets shorter only when a person names it."""

from __future__ import annotations

import pytest

from ops.promotion.gates import Mark
from ops.promotion.proposal import Exceptions, Proposal
from ops.promotion.retention import retention

DEV, STAGING = "dev", "staging"
LOGS = 'patterns: ["logs-*"]\n        shards: 1\n        deleteAfter: '


def answer(stage, *downgrades):
    proposal = Proposal.read(stage.folder, DEV, STAGING)
    assert proposal.selected
    return retention(proposal.of((), Exceptions(None, frozenset(downgrades), "meant" if downgrades else "")))


@pytest.mark.parametrize(("time", "mark"), [("29d", Mark.REFUSED), ("31d", Mark.PASSED), ("null", Mark.PASSED)])
def test_an_index_is_not_deleted_earlier_than_before(stage, time, mark):
    stage.change("dev", f"{LOGS}30d", f"{LOGS}{time}")
    assert answer(stage).mark is mark


def test_what_is_kept_for_ever_gets_no_end(stage):
    stage.change("dev", "deleteAfter: null", "deleteAfter: 365d")
    (sentence,) = answer(stage).sentences
    assert "ballast:opensearch.indexes.workflows.deleteAfter for ever -> 365d would delete what is older" in sentence


def test_a_named_key_may_get_shorter(stage):
    stage.change("dev", f"{LOGS}30d", f"{LOGS}7d")
    assert answer(stage, "opensearch.indexes.logs.deleteAfter").mark is Mark.PASSED


def test_a_stream_of_logs_that_is_gone_is_kept_as_long_as_everything_else(stage):
    text = stage.text("staging").replace(
        "  ballast:loki:\n", "  ballast:loki:\n    streams: {opensearch: {namespace: opensearch, retention: 90d}}\n"
    )
    stage.file("staging").write_text(text)
    (sentence,) = answer(stage).sentences
    assert "ballast:loki.streams.opensearch.retention 90d -> " in sentence


def test_a_stream_that_is_new_shortens_nothing(stage):
    text = stage.text("dev").replace(
        "  ballast:loki:\n", "  ballast:loki:\n    streams: {opensearch: {namespace: opensearch, retention: 7d}}\n"
    )
    stage.file("dev").write_text(text)
    assert answer(stage).mark is Mark.PASSED
