from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from components.foundation.jobkit.client import Client
from tests.harness.chroma import ChromaServer, serving
from tests.harness.json_server import JsonServer, Request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from components.stores.chroma.jobs.config import ChromaJobConfig
    from tests.harness.bare_job import Shipped
    from tests.harness.kubernetes_store import KubernetesStore

GENERATOR = np.random.default_rng(7)
RECORDS = [f"record-{name}" for name in range(600)]
EVERYTHING = ["embeddings", "documents", "metadatas", "uris"]


def _vectors(count: int, dimension: int = 8) -> Any:
    return GENERATOR.standard_normal((count, dimension)).astype("f4")


def _fill(collection: Any, count: int, first: int = 0) -> None:
    names = range(first, first + count)
    collection.add(
        ids=[f"record-{name}" for name in names],
        embeddings=_vectors(count),
        documents=[f"Übergröße {name}\n" for name in names],
        metadatas=[{"number": name, "ratio": name / 3, "whole": 1.0, "even": name % 2 == 0} for name in names],
    )


def _content(collection: Any, ids: list[str] | None = None) -> dict[str, tuple[bytes, Any, Any, Any]]:
    """Return everything, or the records of these ids, embeddings bit by bit."""
    found = collection.get(ids=ids, include=EVERYTHING)
    columns = (found["documents"], found["metadatas"], found["uris"])
    rows = zip(found["ids"], np.asarray(found["embeddings"], dtype="f4"), *columns, strict=True)
    return {name: (vector.tobytes(), *rest) for name, vector, *rest in rows}


@pytest.fixture
def task(chroma_config: ChromaJobConfig, chroma: ChromaServer) -> ChromaJobConfig:
    return replace(chroma_config, endpoint=chroma.url)


@pytest.fixture
def writer(chroma: ChromaServer) -> Iterator[Any]:
    """Adds and deletes records of `busy` until the test ends; every id that is kept begins with record."""
    busy = chroma.connect().create_collection("busy")
    _fill(busy, len(RECORDS))
    ended, ran = threading.Event(), threading.Event()

    def write() -> None:
        for number in itertools.count():
            busy.add(ids=[f"new-{number}"], embeddings=_vectors(1))
            if number >= 5:
                busy.delete(ids=[f"new-{number - 5}"])
                ran.set()
            if ended.is_set():
                return

    thread = threading.Thread(target=write)
    thread.start()
    assert ran.wait(20)
    yield busy
    ended.set()
    thread.join()


def test_every_collection_comes_back_bit_by_bit_into_a_fresh_server(
    jobs: Shipped, task: ChromaJobConfig, chroma: ChromaServer, api: KubernetesStore, tmp_path: Path
) -> None:
    client = chroma.connect()
    for space in ("l2", "cosine", "ip"):
        made = client.create_collection(
            f"notes-{space}", metadata={"owner": "tests"}, configuration={"hnsw": {"space": space, "ef_search": 37}}
        )
        _fill(made, 1234)
    client.create_collection("empty")
    before = {one.name: _content(one) for one in client.list_collections()}
    assert sorted(map(len, before.values())) == [0, 1234, 1234, 1234]
    code, out, err = jobs.run("chroma.jobs.snapshot", task)
    assert (code, err) == (0, "")
    assert "exported   collection default_tenant/default_database/notes-ip: 1234 records" in out
    assert '"complete": true' in (api.record("databases", "chroma-snapshots") or {})["complete"]
    with serving(tmp_path / "fresh") as fresh:
        code, out, err = jobs.run("chroma.jobs.restore", replace(task, endpoint=fresh.url))
        assert (code, err) == (0, "")
        restored = {one.name: _content(one) for one in fresh.connect().list_collections()}
        # With cosine Chroma hands out direction times length, rounded; all else is the same bit by bit.
        cosine, was = restored.pop("notes-cosine"), before.pop("notes-cosine")
        assert restored == before
        assert {name: row[1:] for name, row in cosine.items()} == {name: row[1:] for name, row in was.items()}
        for name, row in cosine.items():
            np.testing.assert_allclose(np.frombuffer(row[0], "f4"), np.frombuffer(was[name][0], "f4"), rtol=5e-7)
        for one in client.list_collections():
            assert fresh.connect().get_collection(one.name).configuration_json == one.configuration_json
        assert fresh.connect().get_collection("notes-cosine").metadata == {"owner": "tests"}


def test_a_snapshot_under_writes_holds_every_record_that_was_there_throughout(
    jobs: Shipped, task: ChromaJobConfig, chroma: ChromaServer, writer: Any
) -> None:
    code, _, err = jobs.run("chroma.jobs.snapshot", task)
    assert (code, err) == (0, "")
    kept = _content(writer, RECORDS)
    with_request = {"collection": "busy"}
    code, _, err = jobs.run("chroma.jobs.restore", task, with_request)
    assert code == 1
    assert "1 of 1 collections exist already: busy. Nothing was changed." in err
    chroma.connect().get_collection("busy").modify(name="original")
    code, _, err = jobs.run("chroma.jobs.restore", task, with_request)
    assert (code, err) == (0, "")
    assert len(kept) == len(RECORDS)
    assert _content(chroma.connect().get_collection("busy"), RECORDS) == kept


def test_a_page_that_the_server_fails_is_read_in_smaller_ones(
    jobs: Shipped, task: ChromaJobConfig, chroma: ChromaServer
) -> None:
    class Failing:
        """In front of the server: pages with more than three records fail, as those with a lost one do."""

        def answer(self, request: Request) -> tuple[int, object]:
            body = request.body
            if body and len(body.get("ids", ())) > 3:
                return 500, {"error": "InternalError", "message": "Error finding id"}
            answer = Client(endpoint=chroma.url).request(request.method, request.path, body)
            return answer.status, answer.body

    _fill(chroma.connect().create_collection("notes"), 50)
    with JsonServer(Failing()) as server:
        code, out, err = jobs.run("chroma.jobs.snapshot", replace(task, endpoint=server.url))
    assert (code, err) == (0, "")
    assert "notes: 50 records" in out


def test_one_collection_comes_back_beside_the_others(
    jobs: Shipped, task: ChromaJobConfig, chroma: ChromaServer
) -> None:
    client = chroma.connect()
    for name in ("first", "second"):
        _fill(client.create_collection(name), 5)
    assert jobs.run("chroma.jobs.snapshot", task)[0] == 0
    _fill(client.get_collection("first"), 1, first=5)
    client.delete_collection("second")
    code, _, err = jobs.run("chroma.jobs.restore", task)
    assert (code, len(err.splitlines())) == (1, 1)
    assert "1 of 2 collections exist already: first." in err
    code, out, _ = jobs.run("chroma.jobs.restore", task, {"collection": "second"})
    assert code == 0
    assert "created    collection default_tenant/default_database/second: 5 records" in out
    assert client.get_collection("first").count() == 6
    code, _, err = jobs.run("chroma.jobs.restore", task, {"collection": "absent"})
    assert code == 1
    assert "collection absent is not in it. Nothing was changed. Name one of: " in err


def test_what_a_killed_restore_left_is_replaced_by_the_next_and_in_no_snapshot(
    jobs: Shipped, task: ChromaJobConfig, chroma: ChromaServer
) -> None:
    client = chroma.connect()
    _fill(client.create_collection("notes"), 5)
    _fill(client.create_collection("ballast-restore.notes"), 2, first=100)
    assert jobs.run("chroma.jobs.snapshot", task)[0] == 0
    client.delete_collection("notes")
    code, _, err = jobs.run("chroma.jobs.restore", task)
    assert (code, err) == (0, "")
    assert [one.name for one in client.list_collections()] == ["notes"]
    assert sorted(_content(client.get_collection("notes"))) == [f"record-{name}" for name in range(5)]


def test_a_server_that_takes_no_base64_is_refused_before_anything_is_made(
    jobs: Shipped, task: ChromaJobConfig, chroma: ChromaServer
) -> None:
    class Old:
        """In front of the server: all is its own but for what it says of its limits."""

        def answer(self, request: Request) -> tuple[int, object]:
            if request.path == "/api/v2/pre-flight-checks":
                return 200, {"max_batch_size": 100}
            answer = Client(endpoint=chroma.url).request(request.method, request.path, request.body)
            return answer.status, answer.body

    client = chroma.connect()
    client.create_collection("notes")
    assert jobs.run("chroma.jobs.snapshot", task)[0] == 0
    client.delete_collection("notes")
    with JsonServer(Old()) as server:
        code, _, err = jobs.run("chroma.jobs.restore", replace(task, endpoint=server.url))
    assert code == 1
    assert "takes no embeddings in base64. Restore into a newer Chroma." in err
    assert client.list_collections() == []


def test_a_store_that_is_down_is_told_in_one_line(jobs: Shipped, chroma_config: ChromaJobConfig) -> None:
    class Down:
        def answer(self, request: Request) -> tuple[int, object]:
            return 500, f"no {request.method}"

    with JsonServer(Down()) as server:
        code, _, err = jobs.run("chroma.jobs.snapshot", replace(chroma_config, endpoint=server.url))
    assert (code, len(err.splitlines())) == (1, 1)
    assert err.startswith("failed     snapshot of chroma: GET /api/v2/tenants/")
    assert err.endswith(" answered 500: no GET\n")
