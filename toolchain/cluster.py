"""A Kubernetes of one's own: real API server, controllers and scheduler, simulated nodes, loopback only."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolchain import cluster_access, ports, processes
from toolchain.cluster_objects import DEFAULT_ZONES, NODES, furniture, stages, zones_of_nodes
from toolchain.cluster_parts import CONTROLLERS, OPERATORS, PARTS, Layout, command, environment
from toolchain.cluster_state import State
from toolchain.errors import ToolchainError
from toolchain.locking import locked
from toolchain.toolbox import require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_START_SECONDS = 60.0
_ATTEMPTS = 3
_ETCD_SECONDS = 5.0


@dataclass(frozen=True)
class Status:
    """What `Cluster.status` saw: the API server's URL (None: never started) and each part's pid (None: not running)."""

    server: str | None
    pids: dict[str, int | None]
    ready: bool


class Cluster:
    """A local cluster whose files, data and logs lie under `home`.

    Commands on one home wait for each other; clusters with different homes are independent of each other.
    """

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.kubeconfig = self.home / "kubeconfig"
        self._layout = Layout(self.home)
        self._state = State(self.home / "state.json")

    def start(self, zones: Sequence[str] = DEFAULT_ZONES, port: int | None = None) -> None:
        """Bring the cluster up, repair it, or do nothing when it runs as asked.

        Args:
            zones: zone labels for the three nodes.
            port: the API server's port; without it a free one is picked and kept as long as it stays free.

        Raises:
            ToolchainError: the port is taken, a program is missing, or a part does not come up.
        """
        zones_of_nodes(zones)
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        with locked(self.home / "lock", f"another command on the cluster in {self.home}"):
            running_on = self._start_parts(port)
            self._furnish(zones)
            self._spawn_missing(OPERATORS, running_on)

    def stop(self) -> None:
        """End every part; data stays. Does nothing when nothing runs."""
        if self.home.exists():
            with locked(self.home / "lock", f"another command on the cluster in {self.home}"):
                self._stop()

    def delete(self) -> None:
        """Stop the cluster and delete everything it consists of."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def status(self) -> Status:
        """Which parts run, and whether the API server answers."""
        pids = {part: self._state.running(part) for part in PARTS}
        port = self._state.port
        ready = bool(port and all(pids.values()) and cluster_access.is_ready(self._layout, port))
        return Status(server=f"https://{ports.LOOPBACK}:{port}" if port else None, pids=pids, ready=ready)

    def ended(self) -> dict[str, Path]:
        """The parts that don't run any more, each with its log."""
        return {part: self._layout.log(part) for part in PARTS if not self._state.running(part)}

    def kubectl(self, *args: str, check: bool = True, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run kubectl on this cluster and no other.

        Raises:
            ToolchainError: kubectl failed and `check` is set; the message holds what it said.
        """
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(self.home)}
        result = subprocess.run(  # noqa: S603 - the toolchain's own kubectl
            [str(require("kubectl")), f"--kubeconfig={self.kubeconfig}", *args],
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and result.returncode:
            raise ToolchainError(f"`kubectl {' '.join(args)}` failed on the local cluster:\n{result.stderr.strip()}")
        return result

    def label_zones(self, zones: Sequence[str]) -> None:
        """Give the running cluster's nodes these zone labels, where they have others."""
        if self._state.zones == list(zones):
            return
        for node, zone in zones_of_nodes(zones).items():
            self.kubectl("label", "node", node, "--overwrite", f"topology.kubernetes.io/zone={zone}")
        self._state.zones = list(zones)

    def _start_parts(self, asked: int | None) -> int:
        """Start all that needs no custom resource; returns the API server's port."""
        port = self._state.port
        core_runs = bool(
            port
            and asked in {None, port}
            and self._state.running("etcd")
            and self._state.running("kube-apiserver")
            and not cluster_access.ensure_tokens(self._layout)
            and cluster_access.is_ready(self._layout, port)
        )
        if core_runs and port:
            if self._write_stages():
                self._state.stop("kwok", 0)
            self._spawn_missing(CONTROLLERS, port)
            return port
        self._stop()
        attempts = 1 if asked else _ATTEMPTS
        while not self._start_all(chosen := self._choose_port(asked)):
            # Somebody took the port between choosing it and listening on it.
            attempts -= 1
            if not attempts:
                raise self._port_taken(chosen)
        return chosen

    def _choose_port(self, asked: int | None) -> int:
        if asked and not ports.is_free(asked):
            raise self._port_taken(asked)
        remembered = self._state.port
        port = asked or (remembered if remembered and ports.is_free(remembered) else ports.pick(1)[0])
        self._state.port = port
        return port

    @staticmethod
    def _port_taken(port: int) -> ToolchainError:
        return ToolchainError(
            f"port {port} on {ports.LOOPBACK} is taken by another program. "
            "Name another one with --port, or leave --port out: then a free one is picked."
        )

    def _start_all(self, port: int) -> bool:
        self._layout.run.mkdir(exist_ok=True)
        (self.home / "logs").mkdir(exist_ok=True)
        cluster_access.ensure_tokens(self._layout)
        self._write_stages()
        for part in PARTS:
            self._layout.log(part).unlink(missing_ok=True)
        self._spawn_missing(("etcd", "kube-apiserver"), port)
        deadline = time.monotonic() + _START_SECONDS
        while not cluster_access.is_ready(self._layout, port):
            for part in ("etcd", "kube-apiserver"):
                if self._state.running(part):
                    continue
                log = self._layout.log(part).read_text(errors="replace")
                self._stop()
                if "address already in use" in log:
                    return False
                raise ToolchainError(
                    f"{part} ended right after its start; the end of {self._layout.log(part)}:\n{log[-1500:]}"
                )
            if time.monotonic() > deadline:
                self._stop()
                raise ToolchainError(
                    f"the API server was not ready after {_START_SECONDS:.0f} s; "
                    f"see {self._layout.log('kube-apiserver')}"
                )
            time.sleep(0.1)
        cluster_access.write_kubeconfigs(self._layout, port, self.kubeconfig)
        self._spawn_missing(CONTROLLERS, port)
        return True

    def _write_stages(self) -> bool:
        """Write what kwok plays; true when that changed (kwok reads it only when it starts)."""
        wanted, path = stages(require("kwok")), self._layout.stages
        if path.exists() and path.read_text() == wanted:
            return False
        path.write_text(wanted)
        return True

    def _spawn_missing(self, parts: Sequence[str], port: int) -> None:
        for part in parts:
            if not self._state.running(part):
                line = command(part, self._layout, port)
                log, variables = self._layout.log(part), environment(part, self._layout)
                pid = processes.spawn(line, log, self._layout.run, variables)
                self._state.started(part, pid)

    def _stop(self) -> None:
        for part in reversed(PARTS):
            # Only etcd holds anything; an API server whose etcd is gone would wait for it in vain.
            self._state.stop(part, _ETCD_SECONDS if part == "etcd" else 0)
        # Without a state file (deleted by hand) their pids are lost, but their command lines name this home.
        for pid in processes.left_behind(PARTS, self.home):
            if (who := processes.identity(pid)) is not None:
                processes.stop(pid, who, 0)

    def _furnish(self, zones: Sequence[str]) -> None:
        crds = require("crds")
        fresh = self._state.furnished != crds.name
        if fresh:
            # An operator looks once, at its start, which kinds of objects there are.
            for part in OPERATORS:
                self._state.stop(part, 0)
            self.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=furniture(zones))
            for folder in sorted(crds.iterdir()):
                self.kubectl("apply", "--server-side", "--force-conflicts", "-f", str(folder))
            self.kubectl("wait", "crd", "--all", "--for=condition=Established", "--timeout=30s")
        else:
            self.label_zones(zones)
        if fresh:
            nodes = [f"node/{node}" for node in NODES]
            self.kubectl("wait", *nodes, "--for=condition=Ready", "--timeout=30s")
            self._await_service_account()
            self._state.zones = list(zones)
            self._state.furnished = crds.name

    def _await_service_account(self) -> None:
        # Pods are refused until the controller manager has made the namespace's default account.
        deadline = time.monotonic() + _START_SECONDS
        while self.kubectl("get", "serviceaccount", "default", check=False).returncode:
            if time.monotonic() > deadline:
                raise ToolchainError(
                    f"the controller manager does not work; see {self._layout.log('kube-controller-manager')}"
                )
            time.sleep(0.1)
