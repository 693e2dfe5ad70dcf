from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.errors import JobError
from components.stores.qdrant.jobs.cluster import Cluster
from components.stores.qdrant.jobs.restore import restore
from tests.harness.json_server import JsonServer
from tests.qdrant_jobs.conftest import NAMESPACE, Bench, documents

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LATEST = {"snapshot": "latest"}
UNFINISHED = (NAMESPACE, "qdrant-unfinished-restore")


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


def test_a_wrong_key_is_refused_in_one_sentence(copied: Bench) -> None:
    assert copied.store.record(NAMESPACE, "qdrant-snapshots")
    job = copied.job("restore", LATEST)
    (job.secrets / "api-key").write_text("another")
    with pytest.raises(JobError, match=r"answered 401: Invalid API key"):
        restore(job, Cluster.of(job))
    assert isinstance(copied.api, JsonServer)
