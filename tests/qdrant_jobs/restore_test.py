from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.report import Report
from components.stores.qdrant.jobs.api import Node
from components.stores.qdrant.jobs.cluster import Cluster
from components.stores.qdrant.jobs.configure import configure
from components.stores.qdrant.jobs.restore import restore
from components.stores.qdrant.jobs.snapshot import snapshot
from tests.harness.json_server import JsonServer
from tests.harness.qdrant_state import Replica
from tests.harness.qdrant_stub import QdrantServers
from tests.qdrant_jobs.conftest import NAMESPACE, Bench, documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LATEST = {"snapshot": "latest"}
UNFINISHED = (NAMESPACE, "qdrant-unfinished-restore")


@pytest.fixture
def copied(filled: Bench) -> Bench:
    """A cluster of three nodes with two collections, and a complete set of them."""
    filled.cluster.create("notes", documents(shard_number=3, replication_factor=1))
    filled.cluster.fill("notes", 31)
    filled.run(snapshot)
    return filled


@pytest.fixture
def fresh(copied: Bench) -> Iterator[Callable[[int], Bench]]:
    """A cluster of any size, with nothing in it, beside the same archive."""
    opened: list[QdrantServers] = []

    def make(nodes: int) -> Bench:
        servers = QdrantServers.of(nodes)
        servers.cluster.peers = [5001 + ordinal for ordinal in range(nodes)]
        servers.cluster.members = set(servers.cluster.peers)
        opened.append(servers.__enter__())
        return Bench(servers, copied.store, copied.api, copied.folder)

    yield make
    for servers in opened:
        servers.__exit__()


def _loads(bench: Bench, name: str) -> list[int]:
    return [sum(peer in peers for peers in bench.cluster.holders(name).values()) for peer in bench.cluster.peers]


@pytest.mark.parametrize("nodes_", [1, 2, 3, 5])
def test_everything_comes_back_whatever_the_number_of_nodes(
    copied: Bench, fresh: Callable[[int], Bench], nodes_: int, capsys: pytest.CaptureFixture[str]
) -> None:
    target = fresh(nodes_)
    target.run(restore, LATEST)
    for name in ("documents", "notes"):
        assert target.cluster.points(name) == copied.cluster.points(name)
        assert target.cluster.collections[name].body == copied.cluster.collections[name].body
        for replicas in target.cluster.collections[name].shards.values():
            assert all(replica.state == "Active" for replica in replicas.values())
            assert all(replica.points == next(iter(replicas.values())).points for replica in replicas.values())
    assert all(len(peers) == min(2, nodes_) for peers in target.cluster.holders("documents").values())
    assert target.cluster.aliases == {"current": "documents"}
    for name in ("documents", "notes"):
        held = _loads(target, name)
        assert max(held) - min(held) <= 1, "copies are not spread over equal nodes"
    assert target.cluster.files == {}, "uploads are left on the nodes' own disks"
    assert "restored   collection documents: 120 points, 120 noted" in capsys.readouterr().out


def test_one_collection_comes_back_alone_with_its_aliases(fresh: Callable[[int], Bench]) -> None:
    target = fresh(3)
    target.cluster.create("documents", documents())
    target.run(restore, {**LATEST, "collections": ["notes"]})
    assert len(target.cluster.points("notes")) == 31
    assert target.cluster.points("documents") == {}
    assert target.cluster.aliases == {}


def test_what_exists_is_never_overwritten(copied: Bench, fresh: Callable[[int], Bench]) -> None:
    with pytest.raises(JobError, match=r"exists already: current, documents, notes\. Nothing was changed"):
        copied.run(restore, LATEST)
    target = fresh(3)
    target.cluster.create("notes", documents())
    with pytest.raises(JobError, match=r"exists already: notes\."):
        target.run(restore, LATEST)
    assert target.servers.writes() == []


def test_an_alias_that_is_taken_is_refused_too(fresh: Callable[[int], Bench]) -> None:
    target = fresh(3)
    target.cluster.create("other", documents())
    target.cluster.aliases["current"] = "other"
    with pytest.raises(JobError, match=r"exists already: current\."):
        target.run(restore, LATEST)
    assert target.cluster.aliases == {"current": "other"}


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"snapshot": 7}, '`snapshot` must be the id of a snapshot or "latest"'),
        ({"snapshot": "20200101T000000Z"}, "snapshot 20200101T000000Z does not exist"),
        ({**LATEST, "collections": ["absent"]}, "has no collection absent; it has documents, notes"),
        ({**LATEST, "collections": "notes"}, "`collections` must be a list of names"),
    ],
)
def test_a_request_for_what_is_not_there_is_refused(
    fresh: Callable[[int], Bench], request_: dict[str, Any], sentence: str
) -> None:
    target = fresh(3)
    with pytest.raises(JobError, match=sentence):
        target.run(restore, request_)
    assert target.servers.writes() == []


def _files(bench: Bench, collection: str) -> list[Path]:
    return sorted((bench.archive / "sets").rglob(f"{collection}-*.snapshot"))


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"x" * 20)])
def test_a_damaged_set_is_refused_before_anything_is_uploaded(
    copied: Bench, fresh: Callable[[int], Bench], damage: Callable[[Path], object]
) -> None:
    target = fresh(3)
    damage(_files(copied, "notes")[0])
    with pytest.raises(JobError, match=r"is damaged: .*Nothing was changed"):
        target.run(restore, LATEST)
    assert target.servers.writes() == []


def _rewrite(bench: Bench, change: Callable[[dict[str, Any]], object]) -> None:
    path = next((bench.archive / "sets").rglob("manifest.json"))
    tree = json.loads(path.read_text())
    change(tree["details"])
    path.write_text(json.dumps(tree))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda d: d.update(version="1.18.3"), "was written by Qdrant 1.18.3 and this is 1.19.0"),
        (lambda d: d.update(engine="chroma"), "is of chroma, not of qdrant"),
        (lambda d: d["collections"]["notes"]["peers"].pop("1101"), "collection notes: shard 1 is in no file"),
        (
            lambda d: d["collections"]["notes"]["config"]["params"].update(sharding_method="custom"),
            "collection notes has shards with keys",
        ),
        (lambda d: d.pop("aliases"), "has a manifest without 'aliases'"),
    ],
)
def test_a_set_that_this_cluster_could_not_take_whole_is_refused(
    copied: Bench, fresh: Callable[[int], Bench], change: Callable[[dict[str, Any]], object], sentence: str
) -> None:
    target = fresh(3)
    _rewrite(copied, change)
    with pytest.raises(JobError, match=sentence):
        target.run(restore, LATEST)
    assert target.servers.writes() == []


def test_a_difference_of_counts_is_an_error_that_names_both(copied: Bench, fresh: Callable[[int], Bench]) -> None:
    target = fresh(3)
    _rewrite(copied, lambda d: d["collections"]["notes"].update(points=[32, 40]))
    with pytest.raises(JobError, match="collection notes has 31 points, the snapshot noted 32 to 40"):
        target.run(restore, LATEST)
    assert target.cluster.aliases == {"current": "documents"}


def test_an_empty_copy_that_calls_itself_active_is_found(copied: Bench, fresh: Callable[[int], Bench]) -> None:
    assert len(copied.cluster.points("documents")) == 120
    target = fresh(5)
    target.cluster.late = True
    with pytest.raises(
        JobError, match=r"collection documents is half restored: a copy of shard \d is empty and another"
    ):
        target.run(restore, LATEST)


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"x" * 20)])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_damaged_file_is_left_out_where_the_others_hold_its_shards(
    copied: Bench,
    fresh: Callable[[int], Bench],
    capsys: pytest.CaptureFixture[str],
    damage: Callable[[Path], object],
    number: int,
) -> None:
    target = fresh(3)
    damage(_files(copied, "documents")[number])
    target.run(restore, LATEST)
    assert target.cluster.points("documents") == copied.cluster.points("documents")
    assert "left out   collections/documents/" in capsys.readouterr().out


def test_two_damaged_files_with_the_same_shard_are_too_many(copied: Bench, fresh: Callable[[int], Bench]) -> None:
    target = fresh(3)
    for path in _files(copied, "documents")[:2]:
        path.unlink()
    with pytest.raises(JobError, match=r"is damaged: .* is missing, .* is missing\. Nothing was changed"):
        target.run(restore, LATEST)
    assert target.servers.writes() == []


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


class Killed(BaseException):
    """The pod's SIGTERM."""


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


def test_a_wrong_key_is_refused_in_one_sentence(copied: Bench) -> None:
    assert copied.store.record(NAMESPACE, "qdrant-snapshots")
    job = copied.job("restore", LATEST)
    (job.secrets / "api-key").write_text("another")
    with pytest.raises(JobError, match=r"answered 401: Invalid API key"):
        restore(job, Cluster.of(job))
    assert isinstance(copied.api, JsonServer)
