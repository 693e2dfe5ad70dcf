"""Databases and tenants of a real Chroma: all that there are belong into a snapshot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.harness.chroma import ChromaServer, serving

if TYPE_CHECKING:
    from pathlib import Path

    from components.stores.chroma.jobs.config import ChromaJobConfig
    from tests.harness.bare_job import Shipped


@pytest.fixture
def task(chroma_config: ChromaJobConfig, chroma: ChromaServer) -> ChromaJobConfig:
    return replace(chroma_config, endpoint=chroma.url)


def _fill(client: Any) -> None:
    """Make a collection of three records."""
    names = [f"record-{number}" for number in range(3)]
    client.create_collection("notes").add(ids=names, embeddings=[[1.0, 2.0]] * 3)


def test_databases_beyond_the_first_are_in_the_snapshot(
    jobs: Shipped, task: ChromaJobConfig, chroma: ChromaServer, tmp_path: Path
) -> None:
    import chromadb

    admin = chromadb.AdminClient(chromadb.Settings(
        chroma_api_impl="chromadb.api.fastapi.FastAPI", chroma_server_host="127.0.0.1",
        chroma_server_http_port=chroma.port, anonymized_telemetry=False))  # fmt: skip
    admin.create_database("second")
    other = chromadb.HttpClient(host="127.0.0.1", port=chroma.port, database="second")
    _fill(other)
    assert jobs.run("chroma.jobs.snapshot", task)[0] == 0
    with serving(tmp_path / "fresh") as fresh:
        code, out, err = jobs.run("chroma.jobs.restore", replace(task, endpoint=fresh.url))
        assert (code, err) == (0, "")
        assert "collection default_tenant/second/notes: 3 records" in out
    other.delete_collection("notes")


def test_every_tenant_that_the_server_has_is_in_the_snapshot(
    jobs: Shipped, task: ChromaJobConfig, chroma: ChromaServer, tmp_path: Path
) -> None:
    import chromadb

    settings = chromadb.Settings(
        chroma_api_impl="chromadb.api.fastapi.FastAPI",
        chroma_server_host="127.0.0.1",
        chroma_server_http_port=chroma.port,
        anonymized_telemetry=False,
    )
    admin = chromadb.AdminClient(settings)
    for tenant in ("acme", "another one"):
        admin.create_tenant(tenant)
        admin.create_database("papers", tenant)
        other = chromadb.HttpClient(host="127.0.0.1", port=chroma.port, tenant=tenant, database="papers")
        _fill(other)
    code, out, err = jobs.run("chroma.jobs.snapshot", task)
    assert (code, err) == (0, "")
    assert "exported   collection acme/papers/notes: 3 records" in out
    with serving(tmp_path / "fresh") as fresh:
        assert jobs.run("chroma.jobs.restore", replace(task, endpoint=fresh.url))[0] == 0
        for tenant in ("acme", "another one"):
            back = chromadb.HttpClient(host="127.0.0.1", port=fresh.port, tenant=tenant, database="papers")
            assert back.get_collection("notes").count() == 3
            was = chromadb.HttpClient(host="127.0.0.1", port=chroma.port, tenant=tenant, database="papers")
            was.delete_collection("notes")


@pytest.mark.parametrize("content", [None, b"", b"no database at all, but something else"])
def test_where_tenants_cannot_be_listed_there_is_no_snapshot(
    jobs: Shipped, task: ChromaJobConfig, tmp_path: Path, archive: Path, content: bytes | None
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    if content is not None:
        (folder / "chroma.sqlite3").write_bytes(content)
    code, _, err = jobs.run("chroma.jobs.snapshot", replace(task, data=str(folder)))
    assert (code, len(err.splitlines())) == (1, 1)
    assert "the server's tenants can't be listed" in err
    assert not [path for path in archive.rglob("*") if path.is_file()]
