"""A real Chroma server on loopback, and one that is filled to be measured."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.errors import JobError
from tests.harness.opensearch import end
from toolchain import ports

if TYPE_CHECKING:
    from collections.abc import Iterator

START_SECONDS = 60
REMEDY = "run `uv sync` (it brings chromadb) on a machine that reaches PyPI, then try again"


@dataclass(frozen=True)
class ChromaServer:
    """A running server.

    Attributes:
        port: on loopback.
        data: its own folder.
    """

    port: int
    data: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> Any:
        """Return Chroma's own client, past the jobs'."""
        import chromadb

        return chromadb.HttpClient(
            host="127.0.0.1", port=self.port, settings=chromadb.Settings(anonymized_telemetry=False)
        )


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[ChromaServer]:
    """Run a server on a folder."""
    program = Path(sys.executable).with_name("chroma")
    if not program.is_file():
        message = f"no real Chroma here ({program} is missing): {REMEDY}"
        if os.environ.get("BALLAST_REQUIRE") == "1":
            pytest.fail(message)
        pytest.skip(message)
    folder.mkdir(parents=True, exist_ok=True)
    (port,) = ports.pick(1)
    log = folder / "server.log"
    command = [str(program), "run", "--path", str(folder / "data"), "--host", "127.0.0.1", "--port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**os.environ, "ANONYMIZED_TELEMETRY": "False"},
        )
        try:
            _await(port, process, log)
            yield ChromaServer(port, folder / "data")
        finally:
            end(process)


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    """One server for the session; tests clear what they made."""
    with serving(tmp_path_factory.mktemp("chroma")) as server:
        yield server


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    client = Client(endpoint=f"http://127.0.0.1:{port}", attempts=1)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(JobError):
            client.request("GET", "/api/v2/heartbeat")
            return
        time.sleep(0.05)
    pytest.fail(f"Chroma did not start:\n{log.read_text()[-3000:]}")
