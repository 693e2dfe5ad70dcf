"""A real OpenSearch of three nodes in one JVM, with its real security plugin under the rendered configuration.

What index management would answer, which Maven Central doesn't have, is in `opensearch_plugins`.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.harness.certificates import UNIT, Authority
from tests.harness.opensearch_client import ADMINISTRATOR, STRANGER, OpenSearch
from tests.harness.opensearch_jars import java_command, or_skip, security_class_path
from toolchain import ports

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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

SECURITY = "org.opensearch.security.OpenSearchSecurityPlugin"
NODE = "node"
"""Folder of the nodes' certificate."""

START_SECONDS = 240


@pytest.fixture(scope="session")
def opensearch_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSearch]:
    """A real three-node cluster, one for the session; tests clear what they made."""
    java, class_path = or_skip(java_command)
    security = or_skip(security_class_path)
    base = tmp_path_factory.mktemp("opensearch")
    repositories = base / "repositories"
    repositories.mkdir()
    certificates = _certificates(base / "certificates")
    transports = ports.pick(len(NODES))
    for number, transport in enumerate(transports, start=1):
        _write_node(base, number, transport, transports, repositories)
    log = base / "runner.log"
    with base_port() as port, log.open("w") as output:
        command = [java, "-Xms1g", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        command += ["-cp", f"{class_path}:{security}", MAIN, "-basePath", str(base)]
        command += ["-numOfNode", str(len(NODES)), "-baseHttpPort", str(port), "-clusterName", f"ballast-{port}"]
        command += ["-moduleTypes", ",".join(MODULES), "-pluginTypes", SECURITY]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=base)
        try:
            cluster = OpenSearch(f"127.0.0.1:{port + 1}", repositories, certificates)
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
    from components.stores.opensearch.configuration import security_files
    from tests.harness.rendered import node_settings

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
        # A hash that takes a quarter of a second is what a real cluster wants.
        "plugins.security.password.hashing.bcrypt.rounds": 4,
    }
    rendered = node_settings("prod", "data")
    settings |= {key: _here(value) for key, value in rendered.items() if key.startswith(("plugins.", "transport.ssl"))}
    folder = base / f"node_{number}" / "config"
    (folder / "opensearch-security").mkdir(parents=True)
    for name, text in security_files().items():
        (folder / "opensearch-security" / name).write_text(text)
    for layer in ("transport", "http"):
        shutil.copytree(base / "certificates" / NODE, folder / "tls" / layer)
    (folder / "opensearch.yml").write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items()))


def _here(value: object) -> object:
    """Return a setting whose names of certificates are those of the tests' own."""
    return [name.replace(",O=", f",OU={UNIT},O=") for name in value] if isinstance(value, list) else value


def _certificates(folder: Path) -> Path:
    """Make a certificate for the nodes, one for the administrator, and one of the right authority that means nobody."""
    from components.stores.opensearch.configuration import ADMIN_NAME, NODE_NAME

    folder.mkdir()
    authority = Authority()
    for place, name in ((NODE, NODE_NAME), (ADMINISTRATOR, ADMIN_NAME), (STRANGER, "someone")):
        authority.issue(folder / place, name)
    return folder


def _await(cluster: OpenSearch, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            health = cluster.ask("GET", "/_cluster/health")
            ready = cluster.ask("GET", "/_plugins/_security/health")["status"] == "UP"
            if ready and health.get("number_of_nodes") == len(NODES) and health["status"] == "green":
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
