from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from components.stores.volumes.jobs.config import VolumeJobConfig
    from tests.harness.bare_job import Shipped


@pytest.fixture
def task(volume_config: VolumeJobConfig) -> VolumeJobConfig:
    return replace(volume_config, engine="sqlite")


@pytest.fixture
def written(volume: Path) -> Iterator[Path]:
    """A database in WAL mode; each transaction of its writer adds one row to each of two tables."""
    path = volume / "app" / "notes.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as made:
        made.executescript('PRAGMA journal_mode=WAL; CREATE TABLE one(text); CREATE TABLE "the other"(text);')
        made.executemany("INSERT INTO one VALUES (?)", [("x" * 1000,)] * 3000)
        made.executemany('INSERT INTO "the other" VALUES (?)', [("y",)] * 3000)
        made.commit()
    ended, ran = threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=30)) as database:
            while not ended.is_set():
                with database:
                    database.execute("INSERT INTO one VALUES ('new')")
                    database.execute("INSERT INTO \"the other\" VALUES ('new')")
                ran.set()

    thread = threading.Thread(target=write)
    thread.start()
    assert ran.wait(20)
    yield path
    ended.set()
    thread.join()


def _wipe(volume: Path) -> Path:
    """Put the volume away and mount an empty one."""
    away = volume.with_name("away")
    volume.rename(away)
    volume.mkdir()
    return away


def _counts(path: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return database.execute('SELECT (SELECT count(*) FROM one), (SELECT count(*) FROM "the other")').fetchone()


def test_a_database_that_is_written_comes_back_as_of_one_moment(
    jobs: Shipped, task: VolumeJobConfig, volume: Path, written: Path, tmp_path: Path
) -> None:
    (volume / "app" / "settings.json").write_text("{}")
    code, _, err = jobs.run("volumes.jobs.snapshot", task)
    assert (code, err) == (0, "")
    empty = tmp_path / "empty"
    empty.mkdir()
    code, out, err = jobs.run("volumes.jobs.restore", replace(task, path=str(empty)))
    assert (code, err) == (0, "")
    assert sorted(path.relative_to(empty).as_posix() for path in empty.rglob("*")) == [
        "app",
        "app/notes.db",
        "app/settings.json",
    ]
    one, other = _counts(empty / "app" / "notes.db")
    assert one == other >= 3000
    assert f"compared   app/notes.db:the other: {other}" in out
    assert one <= _counts(written)[0]


def test_a_database_without_a_writer_comes_back_with_what_is_only_in_its_log(
    jobs: Shipped, task: VolumeJobConfig, volume: Path
) -> None:
    with closing(sqlite3.connect(volume / "a.sqlite3")) as database:
        database.executescript("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t(x)")
        database.execute("INSERT INTO t VALUES (1)")
        database.commit()
        assert (volume / "a.sqlite3-wal").stat().st_size > 0
        assert jobs.run("volumes.jobs.snapshot", task)[0] == 0
    _wipe(volume)
    assert jobs.run("volumes.jobs.restore", task)[0] == 0
    with closing(sqlite3.connect(volume / "a.sqlite3")) as database:
        assert database.execute("SELECT x FROM t").fetchall() == [(1,)]


def test_a_damaged_database_is_no_snapshot(jobs: Shipped, task: VolumeJobConfig, volume: Path, tmp_path: Path) -> None:
    path = volume / "a.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t(x)")
        database.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 100)
        database.commit()
    content = bytearray(path.read_bytes())
    content[5000:9000] = b"\xff" * 4000
    path.write_bytes(content)
    code, _, err = jobs.run("volumes.jobs.snapshot", task)
    assert (code, len(err.splitlines())) == (1, 1)
    assert "a.db is damaged: " in err or "a.db can't be read by SQLite" in err
    assert not [path for path in (tmp_path / "archive").rglob("*") if path.is_file()]


def test_a_volume_that_holds_anything_is_refused_and_kept(jobs: Shipped, task: VolumeJobConfig, volume: Path) -> None:
    (volume / "a.txt").write_text("first")
    assert jobs.run("volumes.jobs.snapshot", task)[0] == 0
    (volume / "a.txt").write_text("second")
    code, _, err = jobs.run("volumes.jobs.restore", task)
    assert (code, len(err.splitlines())) == (1, 1)
    assert f"the volume at {volume} is not empty: it holds a.txt. Nothing was changed." in err
    assert (volume / "a.txt").read_text() == "second"
    assert [path.name for path in volume.iterdir()] == ["a.txt"]


def test_a_restore_that_was_killed_before_it_had_all_begins_anew(
    jobs: Shipped, task: VolumeJobConfig, volume: Path
) -> None:
    (volume / "a.txt").write_text("kept")
    (volume / "lost+found").mkdir()
    assert jobs.run("volumes.jobs.snapshot", task)[0] == 0
    (volume / "a.txt").unlink()
    (volume / ".ballast-restore" / "volume").mkdir(parents=True)
    (volume / ".ballast-restore" / "volume" / "half").write_text("of a file")
    code, _, err = jobs.run("volumes.jobs.restore", task)
    assert (code, err) == (0, "")
    assert sorted(path.name for path in volume.iterdir()) == ["a.txt", "lost+found"]


def test_a_restore_that_was_killed_among_its_renames_ends_them(
    jobs: Shipped, task: VolumeJobConfig, volume: Path, tmp_path: Path
) -> None:
    for name in ("a.txt", "b.txt"):
        (volume / name).write_text(name)
    assert jobs.run("volumes.jobs.snapshot", task)[0] == 0
    (snapshot,) = (path.name for path in (tmp_path / "archive" / "sets").iterdir())
    staging = volume / ".ballast-restore"
    (staging / "volume").mkdir(parents=True)
    (volume / "b.txt").rename(staging / "volume" / "b.txt")
    (staging / "ready").write_text("20200101T000000Z")
    code, _, err = jobs.run("volumes.jobs.restore", task)
    assert code == 1
    assert "a restore of snapshot 20200101T000000Z was interrupted at its end. Run that one again first." in err
    (staging / "ready").write_text(snapshot)
    code, _, err = jobs.run("volumes.jobs.restore", task)
    assert (code, err) == (0, "")
    assert {path.name: path.read_text() for path in volume.iterdir()} == {"a.txt": "a.txt", "b.txt": "b.txt"}


def test_restored_files_belong_to_the_group_and_to_nobody_else(
    jobs: Shipped, task: VolumeJobConfig, volume: Path
) -> None:
    (volume / "folder").mkdir()
    (volume / "folder" / "a.txt").write_text("a")
    assert jobs.run("volumes.jobs.snapshot", task)[0] == 0
    _wipe(volume)
    assert jobs.run("volumes.jobs.restore", task)[0] == 0
    assert oct((volume / "folder" / "a.txt").stat().st_mode & 0o777) == "0o660"
    assert oct((volume / "folder").stat().st_mode & 0o777) == "0o770"


def _with_own_words(path: Path) -> None:
    """Make a database whose indexes and columns need what only its application has, in another order than bytes."""
    with closing(sqlite3.connect(path)) as made:
        made.create_collation("german", lambda one, other: (one < other) - (one > other))
        made.create_function("norm", 1, str.lower, deterministic=True)
        made.executescript(
            "CREATE TABLE t(x TEXT COLLATE german UNIQUE, y TEXT); CREATE INDEX j ON t(norm(y));"
            "CREATE TABLE w(x TEXT COLLATE german PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TABLE g(x TEXT, z TEXT NOT NULL AS (norm(x)), CHECK (norm(x) != 'q'))"
        )
        for number in range(500):
            made.execute("INSERT INTO t VALUES (?, 'Y')", (str(number),))
            made.execute("INSERT INTO w VALUES (?)", (str(number),))
        made.execute("INSERT INTO g(x) VALUES ('A')")
        made.commit()


def test_what_only_the_application_has_ends_no_snapshot_and_is_said(
    jobs: Shipped, task: VolumeJobConfig, volume: Path, tmp_path: Path
) -> None:
    _with_own_words(volume / "a.db")
    code, out, err = jobs.run("volumes.jobs.snapshot", task)
    assert (code, err) == (0, "")
    assert "unchecked  a.db: indexes and constraints, which need the application's " in out
    for word in ("collation german", "function norm"):
        assert word in out
    (manifest,) = (tmp_path / "archive").rglob("manifest.json")
    assert "collation german" in manifest.read_text()
    away = _wipe(volume)
    code, out, err = jobs.run("volumes.jobs.restore", task)
    assert (code, err) == (0, "")
    for name, rows in (("t", 500), ("w", 500), ("g", 1)):
        assert f"compared   a.db:{name}: {rows}" in out
    # The copy counts changes of its own in the first page; all others are the same.
    assert (volume / "a.db").read_bytes()[4096:] == (away / "a.db").read_bytes()[4096:]


def test_a_damaged_database_with_words_of_its_own_is_no_snapshot(
    jobs: Shipped, task: VolumeJobConfig, volume: Path, archive: Path
) -> None:
    path = volume / "a.db"
    _with_own_words(path)
    content = bytearray(path.read_bytes())
    content[5000:-100] = b"\xff" * (len(content) - 5100)
    path.write_bytes(content)
    code, _, err = jobs.run("volumes.jobs.snapshot", task)
    assert (code, len(err.splitlines())) == (1, 1)
    assert "a.db is damaged: " in err or "a.db can't be read by SQLite" in err
    assert not [path for path in archive.rglob("*") if path.is_file()]
