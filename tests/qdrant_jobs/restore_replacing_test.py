"""What a restore may replace: what is empty and declared, and what an earlier run of it began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.report import Report
from components.stores.qdrant.jobs.api import Node
from components.stores.qdrant.jobs.configure import configure
from components.stores.qdrant.jobs.restore import restore
from components.stores.qdrant.jobs.snapshot import snapshot
from tests.harness.killing import Killed
from tests.harness.qdrant_state import Replica
from tests.qdrant_jobs.conftest import NAMESPACE, Bench, documents

if TYPE_CHECKING:
    from collections.abc import Callable

LATEST = {"snapshot": "latest"}
UNFINISHED = (NAMESPACE, "qdrant-unfinished-restore")


def test_after_a_fresh_up_the_empty_collections_that_it_made_are_replaced(
    copied: Bench, fresh: Callable[[int], Bench]
) -> None:
    target = fresh(3)
    configure(target.job("configure"), target.peers, Report())
    target.cluster.aliases["current"] = "documents"
    target.run(restore, LATEST)
    assert target.cluster.points("documents") == copied.cluster.points("documents")
    assert target.cluster.aliases == {"current": "documents"}


def test_a_declared_collection_with_a_point_is_never_replaced(copied: Bench, fresh: Callable[[int], Bench]) -> None:
    target = fresh(3)
    target.cluster.create("documents", documents())
    target.cluster.fill("documents", 1)
    with pytest.raises(JobError, match=r"exists already: documents\. Nothing was changed"):
        target.run(restore, LATEST)
    # Not even where only a copy has it that no search sees.
    target.cluster.create("documents", documents())
    target.cluster.collections["documents"].shards[0][5001] = Replica("Active")
    target.cluster.collections["documents"].shards[0][5002] = Replica("Active", {"a": [1.0, 2.0]})
    with pytest.raises(JobError, match=r"exists already: documents\. Nothing was changed"):
        target.run(restore, LATEST)
    assert target.servers.writes() == []
    assert len(copied.cluster.points("documents")) == 120


def test_an_alias_of_an_empty_collection_that_the_set_does_not_know_keeps_it(fresh: Callable[[int], Bench]) -> None:
    target = fresh(3)
    target.cluster.create("documents", documents())
    target.cluster.aliases["mine"] = "documents"
    with pytest.raises(JobError, match=r"exists already: mine\. Nothing was changed"):
        target.run(restore, LATEST)
    assert target.cluster.aliases == {"mine": "documents"}


def test_a_point_that_is_written_at_the_last_moment_keeps_its_collection(fresh: Callable[[int], Bench]) -> None:
    target = fresh(3)
    target.cluster.create("documents", documents())

    def write(*_: object) -> None:
        if target.store.record(*UNFINISHED) and not target.cluster.points("documents"):
            target.cluster.fill("documents", 1)

    target.cluster.on_request = write
    with pytest.raises(JobError, match="somebody has written to it since the restore began"):
        target.run(restore, LATEST)
    assert len(target.cluster.points("documents")) == 1


def test_the_newest_snapshot_of_a_store_that_lost_its_data_is_not_the_latest_by_itself(
    copied: Bench, fresh: Callable[[int], Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = fresh(3)
    target.cluster.create("documents", documents())
    good = _sets(copied)
    for name in ("20991230T000000Z", "20991231T000000Z"):
        monkeypatch.setattr("components.foundation.jobkit.snapshot_run.identifier", lambda _, name=name: name)
        target.run(snapshot)
    with pytest.raises(
        JobError,
        match=rf"the newest snapshot 20991231T000000Z holds 0 entries, and {good[0]} of .* holds 151: .*--snapshot",
    ):
        target.run(restore, LATEST)
    assert target.cluster.points("documents") == {}
    target.run(restore, {"snapshot": good[0]})
    assert target.cluster.points("documents") == copied.cluster.points("documents")


def _sets(bench: Bench) -> list[str]:
    return sorted(path.name for path in (bench.archive / "sets").iterdir())


def _break_at(target: Bench, upload: int, how: Callable[[int], object]) -> None:
    uploads = 0

    def count(ordinal: int, request: Any) -> None:
        nonlocal uploads
        uploads += "upload" in request.path
        if uploads == upload:
            how(ordinal)

    target.cluster.on_request = count


@pytest.mark.parametrize("upload", [1, 2, 3, 4, 5])
def test_a_restore_that_breaks_off_says_so_and_its_rerun_replaces_what_it_began(
    copied: Bench,
    fresh: Callable[[int], Bench],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    upload: int,
) -> None:
    target = fresh(3)
    _break_at(target, upload, target.cluster.gone.add)
    half = "documents" if upload <= 2 else "notes"
    with pytest.raises(JobError, match=rf"collection {half} is half restored: .*--snapshot {_sets(copied)[0]}: it rep"):
        target.run(restore, LATEST)
    target.cluster.gone, target.cluster.on_request = set(), lambda _ordinal, _request: None
    monkeypatch.setattr("components.foundation.jobkit.snapshot_run.identifier", lambda _: "20991231T000000Z")
    with pytest.raises(JobError, match=r"the restore of snapshot .* has not ended"):
        target.run(snapshot)
    capsys.readouterr()
    target.run(restore, LATEST)
    assert ("unchanged  collection documents: an earlier run" in capsys.readouterr().out) == (half == "notes")
    for name in ("documents", "notes"):
        assert target.cluster.points(name) == copied.cluster.points(name)
    assert target.cluster.aliases == {"current": "documents"}
    assert target.cluster.files == {}
    with pytest.raises(JobError, match=r"exists already: current, documents, notes\."):
        target.run(restore, LATEST)


def test_a_restore_that_is_killed_ends_with_a_sentence(
    fresh: Callable[[int], Bench], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    target = fresh(3)
    with monkeypatch.context() as patched:
        patched.setattr(Node, "restore", killed)
        with pytest.raises(Killed):
            target.run(restore, LATEST)
    assert "ended      collection documents is half restored. Run the same restore again" in capsys.readouterr().out
    target.run(restore, LATEST)
    assert len(target.cluster.points("documents")) == 120


def test_what_was_written_to_a_half_restored_collection_is_not_replaced(
    copied: Bench, fresh: Callable[[int], Bench]
) -> None:
    target = fresh(3)
    _break_at(target, 2, target.cluster.gone.add)
    with pytest.raises(JobError, match="half restored"):
        target.run(restore, LATEST)
    target.cluster.gone, target.cluster.on_request = set(), lambda _ordinal, _request: None
    target.cluster.fill("documents", 121)
    with pytest.raises(JobError, match=r"exists already: documents\."):
        target.run(restore, LATEST)
    assert len(target.cluster.points("documents")) == 121
    assert len(copied.cluster.points("documents")) == 120


def test_another_set_waits_until_a_begun_restore_has_ended(
    copied: Bench, fresh: Callable[[int], Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("components.foundation.jobkit.snapshot_run.identifier", lambda _: "20991231T000000Z")
    first = _sets(copied)[0]
    copied.run(snapshot)
    target = fresh(3)
    _break_at(target, 2, target.cluster.gone.add)
    with pytest.raises(JobError, match="half restored"):
        target.run(restore, {"snapshot": first})
    target.cluster.gone, target.cluster.on_request = set(), lambda _ordinal, _request: None
    with pytest.raises(JobError, match=rf"the restore of snapshot {first} has not ended: documents, notes may be"):
        target.run(restore, {"snapshot": "20991231T000000Z"})
    target.run(restore, LATEST)
    assert target.cluster.points("notes") == copied.cluster.points("notes")


@pytest.mark.parametrize("copies", [1, 2, 3])
def test_a_restored_collection_has_the_copies_that_the_stack_declares(
    copied: Bench, fresh: Callable[[int], Bench], copies: int
) -> None:
    target = fresh(3)
    target.changes = {"replication": copies, "write_consistency": copies // 2 + 1}
    target.run(restore, LATEST)
    assert all(len(peers) == copies for peers in target.cluster.holders("documents").values())
    body = target.cluster.collections["documents"].body
    assert (body["replication_factor"], body["write_consistency_factor"]) == (copies, copies // 2 + 1)
    assert target.cluster.points("documents") == copied.cluster.points("documents")
    assert all(len(peers) == 1 for peers in target.cluster.holders("notes").values())
