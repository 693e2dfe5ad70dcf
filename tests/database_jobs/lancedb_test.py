from __future__ import annotations

import itertools
import os
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.folder import Folder
from components.foundation.jobkit.sets import OpenSet, SnapshotSets
from components.stores.volumes.jobs import lancedb as tables
from components.stores.volumes.jobs.volume import Volume

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from components.foundation.jobkit.archive import Stored
    from components.stores.volumes.jobs.config import VolumeJobConfig
    from tests.harness.bare_job import Shipped


@pytest.fixture
def lancedb() -> Any:
    try:
        import lancedb as engine
        import lancedb.index
    except ImportError as error:
        if os.environ.get("BALLAST_REQUIRE") == "1":
            pytest.fail(f"no real LanceDB here ({error}): run `uv sync`, then try again")
        pytest.skip(f"no real LanceDB here ({error}): run `uv sync`, then try again")
    return engine


@pytest.fixture
def task(volume_config: VolumeJobConfig) -> VolumeJobConfig:
    return replace(volume_config, engine="lancedb")


def _rows(first: int, count: int) -> list[dict[str, Any]]:
    return [{"id": name, "vector": np.full(16, name, dtype="f4").tolist()} for name in range(first, first + count)]


def _content(table: Any) -> list[tuple[int, list[float]]]:
    found = table.to_arrow().to_pydict()
    return sorted(zip(found["id"], found["vector"], strict=True))


def test_a_table_that_is_appended_to_opens_at_a_version_that_existed(
    jobs: Shipped, task: VolumeJobConfig, volume: Path, tmp_path: Path, lancedb: Any
) -> None:
    table = lancedb.connect(volume / "db").create_table("notes", _rows(0, 500))
    table.create_index("id", config=lancedb.index.BTree())
    table.delete("id = 7")
    ended, ran = threading.Event(), threading.Event()

    def append() -> None:
        for number in itertools.count(500):
            table.add(_rows(number, 1))
            ran.set()
            if ended.is_set():
                return

    thread = threading.Thread(target=append)
    thread.start()
    assert ran.wait(20)
    first = table.version
    code, _, err = jobs.run("volumes.jobs.snapshot", task)
    ended.set()
    thread.join()
    assert (code, err) == (0, "")
    empty = tmp_path / "empty"
    empty.mkdir()
    code, _, err = jobs.run("volumes.jobs.restore", replace(task, path=str(empty)))
    assert (code, err) == (0, "")
    restored = lancedb.connect(empty / "db").open_table("notes")
    assert restored.version >= first
    table.checkout(restored.version)
    assert _content(restored) == _content(table)
    assert restored.search().where("id = 499").to_list()[0]["vector"] == [499.0] * 16
    restored.add(_rows(10_000, 1))
    assert restored.count_rows("id = 10000") == 1


class Meddling(OpenSet):
    """A set during whose writing something happens to the table, once or each time."""

    def meddle(self, act: Any, times: int) -> None:
        self.act, self.times = act, times

    def put(self, path: str, source: BinaryIO) -> Stored:
        if self.times and "/data/" in path:
            self.times -= 1
            self.act()
        return super().put(path, source)


def _set(archive: Path, act: Any, times: int) -> Meddling:
    archive.mkdir(exist_ok=True)
    begun = SnapshotSets(Folder(archive)).begin("one")
    new = Meddling(begun.archive, begun.id, begun.begun)
    new.meddle(act, times)
    return new


def test_a_version_that_comes_between_the_lists_is_not_half_in_the_copy(
    volume: Path, tmp_path: Path, lancedb: Any
) -> None:
    table = lancedb.connect(volume).create_table("notes", _rows(0, 5))

    listed = []

    class Racing(Volume):
        def files(self, folder: Path | None = None) -> list[Path]:
            found = super().files(folder)
            if folder is not None and folder.name == "notes.lance":
                listed.append(folder)
                # Two walks find the tables, first the registers among them; the third lists what the copy is to have.
                if len(listed) == 3:
                    table.add(_rows(5, 5))
            return found

    tables.snapshot(Racing("lancedb", volume), _set(tmp_path / "archive", None, times=0))
    assert table.version == 2
    copy = lancedb.connect(tmp_path / "archive" / "sets" / "one" / "volume").open_table("notes")
    assert [name for name, _ in _content(copy)] == list(range(5))


@pytest.mark.filterwarnings("ignore:optimize")
def test_a_clean_up_in_the_middle_lets_the_table_be_copied_again(volume: Path, tmp_path: Path, lancedb: Any) -> None:
    from datetime import timedelta

    table = lancedb.connect(volume).create_table("notes", _rows(0, 5))
    for number in range(5, 10):
        table.add(_rows(number, 1))
    new = _set(
        tmp_path / "archive", lambda: table.optimize(cleanup_older_than=timedelta(0), delete_unverified=True), times=1
    )
    tables.snapshot(Volume("lancedb", volume), new)
    there = {f"volume/{path.relative_to(volume).as_posix()}" for path in volume.rglob("*") if path.is_file()}
    assert set(new.files) == {path for path in there if not path.endswith("hint.json")}


def test_a_table_that_keeps_losing_files_is_given_up_in_one_sentence(
    volume: Path, tmp_path: Path, lancedb: Any
) -> None:
    lancedb.connect(volume).create_table("notes", _rows(0, 5))
    spare = volume / "notes.lance" / "_transactions"

    def lose() -> None:
        (spare / "old.txn").unlink()

    class Losing(Meddling):
        def drop(self, folder: str) -> None:
            (spare / "old.txn").write_text("")
            super().drop(folder)

    begun = _set(tmp_path / "archive", lose, times=99)
    new = Losing(begun.archive, begun.id, begun.begun)
    new.meddle(lose, 99)
    (spare / "old.txn").write_text("")
    with pytest.raises(JobError, match=r"table volume/notes\.lance lost files during each of 5 attempts"):
        tables.snapshot(Volume("lancedb", volume), new)
    assert not [path for path in new.files if "notes.lance" in path]


@pytest.fixture
def namespaced(volume: Path, lancedb: Any) -> Any:
    """A database with a table in a namespace, which lies in a folder with a name of its own."""
    database = lancedb.connect_namespace("dir", {"root": str(volume / "db")})
    database.create_namespace(["papers"])
    table = database.create_table("notes", _rows(0, 5), namespace_path=["papers"])
    database.create_table("plain", _rows(0, 3))
    for number in range(5, 10):
        table.add(_rows(number, 1))
    return table


@pytest.mark.filterwarnings("ignore:optimize")
def test_a_table_in_a_namespace_that_is_cleaned_up_meanwhile_comes_back_readable(
    volume: Path, tmp_path: Path, lancedb: Any, namespaced: Any
) -> None:
    from datetime import timedelta

    (folder,) = [path for path in (volume / "db").iterdir() if path.name.endswith("$notes")]

    def clean_up() -> None:
        namespaced.optimize(cleanup_older_than=timedelta(0), delete_unverified=True)

    new = _set(tmp_path / "archive", clean_up, times=0)
    first: list[str] = []
    put = new.put

    def meddling(path: str, source: BinaryIO) -> Stored:
        # In the middle of this very table.
        if folder.name in path and not first:
            first.append(path)
            clean_up()
        return put(path, source)

    new.put = meddling  # type: ignore[method-assign]
    counts = tables.snapshot(Volume("lancedb", volume), new)
    assert first
    assert sorted(counts) == sorted([f"db/{folder.name}", "db/__manifest", "db/plain.lance"])
    copy = tmp_path / "archive" / "sets" / "one" / "volume" / "db"
    back = lancedb.connect_namespace("dir", {"root": str(copy)})
    assert back.open_table("notes", namespace_path=["papers"]).count_rows() == 10
    assert back.open_table("plain").count_rows() == 3


def test_a_table_in_a_namespace_survives_snapshot_and_restore(
    jobs: Shipped, task: VolumeJobConfig, tmp_path: Path, lancedb: Any, namespaced: Any
) -> None:
    assert jobs.run("volumes.jobs.snapshot", task)[0] == 0
    empty = tmp_path / "empty"
    empty.mkdir()
    code, out, err = jobs.run("volumes.jobs.restore", replace(task, path=str(empty)))
    assert (code, err) == (0, "")
    assert "$notes: " in out
    back = lancedb.connect_namespace("dir", {"root": str(empty / "db")})
    assert _content(back.open_table("notes", namespace_path=["papers"])) == _content(namespaced)


def test_files_of_the_format_outside_of_every_table_are_no_whole_set(
    jobs: Shipped, task: VolumeJobConfig, volume: Path, archive: Path
) -> None:
    (volume / "db" / "elsewhere").mkdir(parents=True)
    (volume / "db" / "elsewhere" / "part.lance").write_bytes(b"rows")
    code, _, err = jobs.run("volumes.jobs.snapshot", task)
    assert (code, len(err.splitlines())) == (1, 1)
    assert "volume/db/elsewhere/part.lance is a file of LanceDB in no table that is known here" in err
    assert not [path for path in archive.rglob("*") if path.is_file()]
