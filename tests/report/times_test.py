"""What would be kept for a shorter time, as the program itself says it, and what is said where nobody knows."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from components.settings.kept import KEPT_FOR, PLATFORM, Kept, read_kept
from tests.harness.declare import real_stack
from tests.harness.previews import preview, state, step, times

URN = f"urn:pulumi:prod::ballast::{PLATFORM}::platform"
HEAD = "Data that would be kept for a shorter time"


@cache
def declared():
    """What the program says for production."""
    (platform,) = [one for one in real_stack("prod").resources if one.type == PLATFORM]
    kept = read_kept(platform.inputs[KEPT_FOR])
    assert kept
    return tuple(kept)


def changed(key, time):
    """The same with one time changed, or without it."""
    assert key in {one.key for one in declared()}
    found = [Kept(one.what, one.key, time if one.key == key else one.time, one.of) for one in declared()]
    return [one for one in found if one.time]


@pytest.mark.parametrize(
    ("key", "time", "said"),
    [
        ("prometheus.retention", "7d", "prometheus.retention: 30d -> 7d"),
        ("tempo.retention", "29d", "tempo.retention: 30d -> 29d"),
        ("loki.retention", "1d", "loki.retention: 30d -> 1d"),
        ("loki.streams.opensearch.retention", "", "loki.retention of namespace opensearch: 90d -> 30d"),
        ("opensearch.indexes.logs.deleteAfter", "1h", "opensearch.indexes of patterns logs-*: 30d -> 1h"),
        (
            "opensearch.indexes.workflows.deleteAfter",
            "365d",
            "opensearch.indexes of patterns workflows-*: for ever -> 365d",
        ),
        ("opensearch.recovery.retention", "2d", "opensearch.recovery.retention: 30d -> 2d"),
        ("qdrant.recovery.retention", "2d", "qdrant.recovery.retention: 30d -> 2d"),
        ("chroma.recovery.retention", "2d", "chroma.recovery.retention: 30d -> 2d"),
        ("volumes.knowledge.recovery.retention", "2d", "volumes.knowledge.recovery.retention: 30d -> 2d"),
    ],
)
def test_a_shorter_time_is_refused_until_a_waiver_names_its_key(report, key, time, said):
    document = preview(times("update", declared(), changed(key, time)), same=0)
    refused = report(prod=document)
    assert refused.code == 1
    assert f"- {said}" in refused.out
    assert f"`{URN}#{key}`" in refused.out
    assert "no data is lost" not in refused.out
    assert "1 loss of data, not allowed" in refused.out
    assert "| `prod` | 0 | 0 | 1 |" in refused.out
    waiver = {"stack": "prod", "urn": f"{URN}#{key}", "operation": "shorten", "because": "agreed with its owners"}
    Path("delivery/waivers.yaml").write_text(json.dumps({"waivers": [waiver | {"until": "2026-12-01"}]}))
    allowed = report(prod=document)
    assert allowed.code == 0
    assert "allowed until 2026-12-01: `agreed with its owners`" in allowed.out
    assert "no data is lost" not in allowed.out


def test_a_longer_time_and_a_stack_that_is_new_are_plain(report):
    longer = preview(times("update", changed("loki.retention", "1d"), declared()), same=0)
    assert "no data is lost in `prod`" in report(prod=longer).out
    fresh = times("create", None, declared())
    assert "no data is lost in `prod`" in report(prod=preview(fresh, same=0)).out


def test_what_a_refresh_says_is_what_was(report):
    kept = declared()
    both = [times("refresh", kept, kept), times("update", kept, changed("tempo.retention", "1d"))]
    assert f"### {HEAD}" in report(prod=preview(*both, same=0)).out


@pytest.mark.parametrize(("old", "new"), [(False, True), (True, False), (False, False)])
def test_where_one_side_is_not_known_nothing_is_claimed(report, old, new):
    step_of_both = times("update", declared() if old else None, declared() if new else None)
    said = report(prod=preview(step_of_both, same=0))
    assert "nothing is deleted in `prod`, but how long data was and would be kept is not judged" in said.out
    assert "no data is lost" not in said.out
    without = report(prod=preview(step("same", "kubernetes:core/v1:ConfigMap", "calm"), same=0))
    assert "no data is lost" not in without.out


def test_a_time_that_cannot_be_read_is_not_judged(report):
    odd = state(PLATFORM, "platform", inputs={KEPT_FOR: [{"what": "a", "key": "a", "time": "soon"}]})
    kept = times("update", declared(), declared())
    said = report(prod=preview(kept | {"newState": odd | {"custom": False}}, same=0))
    assert "is not judged" in said.out


def test_programs_are_told_too(report, tmp_path):
    document = preview(times("update", declared(), changed("tempo.retention", "1d")), same=0)
    report("--junit", "junit.xml", "--sarif", "sarif.json", prod=document)
    assert 'type="kept-for-a-shorter-time"' in (tmp_path / "junit.xml").read_text()
    results = json.loads((tmp_path / "sarif.json").read_text())["runs"][0]["results"]
    assert [(one["ruleId"], one["level"]) for one in results] == [("kept-for-a-shorter-time", "error")]
