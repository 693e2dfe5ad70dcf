from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.folder import Folder
from components.foundation.jobkit.manifest import Manifest
from components.foundation.jobkit.sets import SnapshotSets, identifier

if TYPE_CHECKING:
    from pathlib import Path

    from components.foundation.jobkit.archive import Archive

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY = 86400


def _write(sets: SnapshotSets, name: str, content: bytes = b"points") -> Manifest:
    new = sets.begin(name)
    new.put("collections/a", io.BytesIO(content))
    return new.finish({"engine": "test", "counts": {"a": 1}})


def _aged(sets: SnapshotSets, days: float, *, complete: bool = True) -> str:
    """Write a set that was begun so many days before now."""
    begun = NOW - timedelta(days=days)
    name = identifier(begun)
    manifest = Manifest(name, begun, begun, {}, {"counts": {}})
    sets.archive.write(f"sets/{name}/begun.json", json.dumps({"begun": begun.isoformat()}).encode())
    if complete:
        sets.archive.write(f"sets/{name}/manifest.json", manifest.written())
    return name


def _there(sets: SnapshotSets) -> list[str]:
    return sorted({path.split("/")[1] for path in sets.archive.names("sets")})


@pytest.fixture
def sets(tmp_path: Path) -> SnapshotSets:
    return SnapshotSets(Folder(tmp_path))


def test_a_set_is_complete_once_it_is_finished(archive: Archive) -> None:
    sets = SnapshotSets(archive)
    new = sets.begin("20260101T000000Z")
    new.put("collections/a", io.BytesIO(b"points"))
    assert sets.complete() == []
    manifest = new.finish({"engine": "test", "counts": {"a": 1}})
    assert sets.complete() == [manifest]
    assert sets.latest() == sets.named("20260101T000000Z") == manifest
    assert manifest.size == 6
    sets.verify(manifest)
    assert archive.names("sets/20260101T000000Z") == [
        f"sets/20260101T000000Z/{name}" for name in ("begun.json", "collections/a", "manifest.json")
    ]


def test_a_half_written_set_is_named_as_such_and_never_chosen(sets: SnapshotSets) -> None:
    with pytest.raises(JobError, match="holds no complete snapshot"):
        sets.latest()
    whole = _write(sets, "1")
    sets.begin("2").put("collections/a", io.BytesIO(b"half"))
    assert sets.latest() == whole
    with pytest.raises(JobError, match=r"snapshot 2 is half-written: .* Nothing was changed\. Complete ones: 1\."):
        sets.named("2")
    with pytest.raises(JobError, match=r"snapshot 3 does not exist"):
        sets.named("3")


def test_a_damaged_manifest_is_told_and_never_deleted(sets: SnapshotSets) -> None:
    old = _aged(sets, 90)
    _aged(sets, 0)
    sets.archive.write(f"sets/{old}/manifest.json", b'{"begun": ')
    with pytest.raises(JobError, match="has a damaged manifest"):
        sets.named(old)
    assert sets.prune(retention_seconds=DAY, count=1, now=NOW) == []


def test_a_file_that_changed_or_is_missing_is_found(sets: SnapshotSets) -> None:
    manifest = _write(sets, "1")
    sets.archive.write("sets/1/collections/a", b"Points")
    with pytest.raises(JobError, match=r"snapshot 1 is damaged: collections/a is not as it was written\. Nothing"):
        sets.verify(manifest)
    sets.archive.delete("sets/1/collections/a")
    with pytest.raises(JobError, match=r"collections/a is missing"):
        sets.verify(manifest)


def test_a_set_is_never_written_twice(sets: SnapshotSets) -> None:
    _write(sets, "1")
    with pytest.raises(JobError, match="a snapshot 1 exists already"):
        sets.begin("1")
    new = sets.begin("2")
    new.put("a", io.BytesIO(b""))
    for path in ("a", "manifest.json", "begun.json"):
        with pytest.raises(JobError, match="has a file"):
            new.put(path, io.BytesIO(b"other"))
    for name in ("", "../1", "a/b", ".hidden"):
        with pytest.raises(JobError, match="is no name of a snapshot"):
            sets.begin(name)


def test_what_is_taken_back_is_not_in_the_set(sets: SnapshotSets) -> None:
    new = sets.begin("1")
    for path in ("t.lance/a", "t.lance2/a", "b"):
        new.put(path, io.BytesIO(b""))
    new.drop("t.lance")
    new.put("t.lance/a", io.BytesIO(b"again"))
    manifest = new.finish({})
    assert sorted(manifest.files) == ["b", "t.lance/a", "t.lance2/a"]
    sets.verify(manifest)
    sets.begin("2").abandon()
    assert _there(sets) == ["1"]


def test_only_what_is_old_and_beyond_the_count_goes(sets: SnapshotSets) -> None:
    names = [_aged(sets, days) for days in (0, 1, 5, 40, 50)]
    assert sets.prune(retention_seconds=30 * DAY, count=4, now=NOW) == [names[4]]
    assert sets.prune(retention_seconds=30 * DAY, count=1, now=NOW) == [names[3]]
    assert _there(sets) == sorted(names[:3])


def test_the_newest_complete_set_stays_however_old_it_is(sets: SnapshotSets) -> None:
    newest = _aged(sets, 400)
    _aged(sets, 500)
    half = _aged(sets, 300, complete=False)
    sets.prune(retention_seconds=DAY, count=0, now=NOW)
    # The half-written one is newer than all that is complete, so it stays, too.
    assert _there(sets) == [newest, half]


def test_half_written_sets_go_after_a_day_once_a_newer_one_is_complete(sets: SnapshotSets) -> None:
    recent, old = _aged(sets, 0.9, complete=False), _aged(sets, 1.1, complete=False)
    assert sets.prune(retention_seconds=30 * DAY, count=1, now=NOW) == []
    newest = _aged(sets, 0)
    assert sets.prune(retention_seconds=30 * DAY, count=1, now=NOW) == [old]
    assert _there(sets) == [recent, newest]


def test_what_is_none_of_ours_is_left_alone(sets: SnapshotSets) -> None:
    _aged(sets, 0)
    sets.archive.write("sets/by-hand/notes", b"")
    assert sets.prune(retention_seconds=0, count=1, now=NOW) == []
    assert "by-hand" in _there(sets)


def test_nothing_is_deleted_once_the_lock_is_lost(sets: SnapshotSets) -> None:
    names = [_aged(sets, days) for days in (0, 40)]

    def lost() -> None:
        raise JobError("the lock was lost")

    with pytest.raises(JobError, match="the lock was lost"):
        sets.prune(retention_seconds=DAY, count=1, now=NOW, check=lost)
    assert _there(sets) == sorted(names)
