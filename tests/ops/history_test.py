"""The snapshots that are noted in the cluster, as a person reads them."""

from __future__ import annotations

import json

import pytest


def noted(name, *, complete=True, problem=""):
    return {
        "store": "opensearch",
        "name": name,
        "finished": "2026-01-02T03:04:05+00:00",
        "durationSeconds": 61.4,
        "sizeBytes": 12345 if complete else 0,
        "complete": complete,
        "problem": problem,
        "counts": {},
    }


@pytest.fixture
def record(kubectl):
    def make(attempt, *recent):
        data = {"attempt": json.dumps(attempt), "recent": json.dumps(recent)}
        kubectl.answers("get", "configmap", "opensearch-snapshots", "--namespace=opensearch", document={"data": data})

    return make


def test_complete_snapshots_are_listed_and_no_job_is_made(record, kubectl, ballast):
    record(noted("s2"), noted("s2"), noted("s1"))
    said = ballast("snapshots", "prod", "opensearch")
    assert (said.code, said.err) == (0, "")
    rows = [line.split() for line in said.out.splitlines() if "2026" in line]
    assert rows == [["s2", "2026-01-02", "03:04:05", "61", "12345"], ["s1", "2026-01-02", "03:04:05", "61", "12345"]]
    assert "failed" not in said.out
    assert kubectl.made == []


def test_an_attempt_that_failed_is_shown_beside_what_is_complete(record, ballast):
    record(noted("s2", complete=False, problem="the disk is full"), noted("s1"))
    said = ballast("snapshots", "prod", "opensearch")
    assert said.out.splitlines()[-1] == "failed     attempt of 2026-01-02 03:04:05 UTC: the disk is full"


def test_a_store_without_any_note_is_told_how_to_take_a_snapshot(kubectl, ballast):
    kubectl.answers("get", "configmap")
    said = ballast("snapshots", "prod", "volume", "knowledge")
    assert said.code == 1
    assert "no snapshot of volume knowledge is noted in the cluster yet" in said.err


def test_a_note_that_is_none_is_refused_with_the_way_out(kubectl, ballast):
    kubectl.answers("get", "configmap", document={"data": {"attempt": "{"}})
    said = ballast("snapshots", "prod", "chroma")
    assert said.code == 1
    assert "ConfigMap databases/chroma-snapshots: is no record of snapshots." in said.err
