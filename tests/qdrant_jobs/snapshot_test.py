from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit import record
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.folder import Folder
from components.foundation.jobkit.sets import SnapshotSets
from components.stores.qdrant.jobs.snapshot import snapshot
from tests.harness.json_server import Trouble
from tests.harness.qdrant_state import checksum
from tests.qdrant_jobs.conftest import NAMESPACE, documents

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness.json_server import Request
    from tests.qdrant_jobs.conftest import Bench


def _sets(bench: Bench) -> list[Path]:
    folder = bench.archive / "sets"
    return sorted(folder.iterdir()) if folder.exists() else []


def _record(bench: Bench) -> record.Record:
    found = record.read(bench.kubernetes, NAMESPACE, "qdrant-snapshots")
    assert found is not None
    return found


def test_a_set_holds_every_collection_of_every_peer_and_the_aliases(filled: Bench) -> None:
    filled.cluster.create("single", documents(shard_number=2, replication_factor=1))
    filled.run(snapshot)
    [folder] = _sets(filled)
    manifest = json.loads((folder / "manifest.json").read_text())
    details = manifest["details"]
    assert details["aliases"] == {"current": "documents"}
    assert details["version"] == "1.19.0"
    assert set(details["collections"]) == {"documents", "single"}
    filed = details["collections"]["documents"]
    assert filed["points"] == [120, 120]
    assert set(filed["peers"]) == {"1001", "1101", "1201"}
    assert {s for peer in filed["peers"].values() for s in peer["shards"]} == set(range(6))
    assert set(details["collections"]["single"]["peers"]) == {"1001", "1101"}
    assert len(manifest["files"]) == 5
    for path, file in manifest["files"].items():
        content = (folder / path).read_bytes()
        assert (len(content), checksum(content)) == (file["size"], file["sha256"])
    assert filled.cluster.files == {}, "snapshots are left on the nodes' own disks"


def test_the_record_says_age_duration_size_and_counts(filled: Bench) -> None:
    filled.run(snapshot)
    complete = _record(filled).complete
    assert complete is not None
    assert complete.counts == {"documents": 120}
    assert complete.size_bytes > 100
    assert datetime.now(tz=UTC) - complete.finished < timedelta(minutes=1)
    assert complete.complete


FAILURES: list[tuple[str, Any, str]] = [
    ("gone", {2}, "all shards at rest: not within"),
    ("lied_checksum", "0" * 64, "promised .* bytes with the checksum 0000"),
    ("truncated", 10, "10 bytes with .* arrived"),
    ("snapshot_error", "No space left on device", "could not be copied on http.*No space left on device"),
]


@pytest.mark.parametrize(("what", "value", "sentence"), FAILURES)
def test_a_failure_leaves_no_manifest_says_so_and_does_not_hide_the_last_good_one(
    filled: Bench, monkeypatch: pytest.MonkeyPatch, what: str, value: Any, sentence: str
) -> None:
    filled.run(snapshot)
    good = _record(filled).complete
    monkeypatch.setattr("components.foundation.jobkit.snapshot_run.identifier", lambda _: "20991231T000000Z")
    setattr(filled.cluster, what, value)
    with pytest.raises(JobError, match=sentence):
        filled.run(snapshot, seconds=0.5)
    assert [(path / "manifest.json").exists() for path in _sets(filled)] == [True], "half a set fills the archive"
    assert filled.cluster.files == {}
    after = _record(filled)
    assert after.complete == good
    assert not after.attempt.complete
    assert after.attempt.problem


def test_what_an_abandoned_copy_and_a_failed_upload_left_on_a_node_goes_before_the_next_copy(
    filled: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    filled.servers.servers[1].misbehave(1, Trouble(path="documents/snapshots", drop_answer=True))
    # The question for what is there passes; the order gets through, and only its answer is lost.
    filled.servers.servers[1].troubles.appendleft(Trouble(path="documents/snapshots"))
    with pytest.raises(JobError, match="could not be copied"):
        filled.run(snapshot)
    [(ordinal, _, left)] = filled.cluster.files
    filled.cluster.files[2, "documents", "sent.snapshot"] = b"half"
    filled.cluster.uploaded.add((2, "documents", "sent.snapshot"))
    capsys.readouterr()
    filled.run(snapshot)
    assert ordinal == 1
    assert filled.cluster.files == {}
    said = capsys.readouterr().out
    assert f"{left} of collection documents, which was left on its disk" in said
    assert "sent.snapshot of collection documents, which was left on its disk" in said


def test_an_archive_that_is_not_mounted_is_one_sentence_and_noted(filled: Bench) -> None:
    filled.archive.rmdir()
    with pytest.raises(JobError, match="the archive can't be reached"):
        filled.run(snapshot)
    assert "can't be reached" in _record(filled).attempt.problem


def test_an_archive_that_is_full_is_one_sentence_and_noted(filled: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    filled.run(snapshot)
    monkeypatch.setattr("components.foundation.jobkit.snapshot_run.identifier", lambda _: "20991231T000000Z")
    monkeypatch.setattr("components.foundation.jobkit.folder._write_all", full)
    with pytest.raises(JobError, match=r"the archive is full: .* the snapshots that are complete stay"):
        filled.run(snapshot)
    assert "the archive is full" in _record(filled).attempt.problem
    assert filled.cluster.files == {}


def test_shards_that_move_meanwhile_make_the_set_incomplete(filled: Bench) -> None:
    def move(_: int, request: Request) -> None:
        if request.method == "POST" and "snapshots" in request.path:
            shards = filled.cluster.collections["documents"].shards
            shard = next(s for s, replicas in shards.items() if 1001 in replicas and 1201 not in replicas)
            shards[shard][1201] = shards[shard].pop(1001)
            filled.cluster.on_request = lambda _ordinal, _request: None

    filled.cluster.on_request = move
    with pytest.raises(JobError, match="its shards were moved while they were copied"):
        filled.run(snapshot)
    assert _sets(filled) == []


def test_a_collection_that_is_deleted_meanwhile_is_left_out(filled: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    filled.cluster.create("passing", documents(shard_number=1))

    def delete(_: int, request: Request) -> None:
        if request.method == "POST" and "passing/snapshots" in request.path:
            filled.cluster.collections.pop("passing", None)

    filled.cluster.on_request = delete
    filled.run(snapshot)
    assert "left out   collection passing" in capsys.readouterr().out
    details = json.loads((_sets(filled)[0] / "manifest.json").read_text())["details"]
    assert set(details["collections"]) == {"documents"}


def test_counts_of_a_collection_that_is_written_to_have_two_ends(filled: Bench) -> None:
    def write(_: int, request: Request) -> None:
        if request.method == "DELETE":
            filled.cluster.fill("documents", 150)

    filled.cluster.on_request = write
    filled.run(snapshot)
    details = json.loads((_sets(filled)[0] / "manifest.json").read_text())["details"]
    assert details["collections"]["documents"]["points"] == [120, 150]


def test_old_sets_go_only_once_a_newer_complete_one_exists(filled: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.changes["snapshots"] = replace(filled.job("snapshot").config.snapshots, retention_seconds=0, count=1)
    filled.run(snapshot)
    [first] = _sets(filled)
    filled.cluster.lied_checksum = "0" * 64
    monkeypatch.setattr("components.foundation.jobkit.snapshot_run.identifier", lambda _: "20990101T000000Z")
    with pytest.raises(JobError):
        filled.run(snapshot)
    assert first in _sets(filled)
    filled.cluster.lied_checksum = ""
    monkeypatch.setattr("components.foundation.jobkit.snapshot_run.identifier", lambda _: "20991231T000000Z")
    filled.run(snapshot)
    assert first not in _sets(filled)
    assert (filled.archive / "sets" / "20991231T000000Z" / "manifest.json").exists()


def test_sets_are_listed_with_age_size_and_whether_they_are_complete(
    filled: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    filled.run(snapshot)
    name = _sets(filled)[0].name
    # What a job leaves that is killed.
    SnapshotSets(Folder(filled.archive)).begin("20991231T000000Z")
    capsys.readouterr()
    filled.run(snapshot, {"list": True})
    half, whole = capsys.readouterr().out.splitlines()
    assert half == "incomplete 20991231T000000Z  has no manifest and can't be restored"
    assert whole.startswith(f"complete   {name}  0.0 h old  ")
    assert whole.endswith("  120 points")


def test_a_busy_node_is_waited_for(filled: Bench) -> None:
    filled.servers.servers[1].misbehave(1, Trouble(delay=0.2, status=503, body="busy", path="/cluster"))
    filled.run(snapshot)
    assert (_sets(filled)[0] / "manifest.json").exists()


def test_a_second_job_waits_for_the_first_and_names_it(filled: Bench) -> None:
    filled.run(snapshot)
    good = _record(filled).complete
    with (
        filled.lock("another-job").held(filled.job("snapshot").deadline),
        pytest.raises(JobError, match="another-job holds it"),
    ):
        filled.run(snapshot, seconds=0.2)
    assert len(_sets(filled)) == 1
    noted = _record(filled)
    assert (noted.complete, noted.attempt.complete) == (good, False), "a run that never got the lock looks like none"
    assert "another-job holds it" in noted.attempt.problem
