"""Real nodes as the pods of StatefulSets: what a job deletes or scales away is a process that ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from components.foundation.guards import NODES
from components.foundation.jobkit.client import Client
from components.foundation.jobkit.kubernetes import Kubernetes
from components.stores.opensearch.jobs import config
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_store import KubernetesStore
from tests.harness.kubernetes_stub import TOKEN
from tests.harness.opensearch_processes import Nodes
from tests.harness.told import changed, told, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMESPACE = "opensearch"
PROGRAMS: dict[str, tuple[str, type]] = {
    "restart": ("opensearch-jobs-restart", config.RestartConfig),
    "drain": ("opensearch-drain", config.DrainConfig),
    "snapshots": ("opensearch-snapshots", config.SnapshotCheckConfig),
    "restore": ("opensearch-restore", config.RestoreConfig),
}
"""The job that runs a program, and what it is told."""
ROOT = Path(__file__).resolve().parents[2]

IN_A_POD = """
import dataclasses, os, runpy, sys
from components.foundation.jobkit import context, kubernetes
from components.foundation.guards import NODES
from components.foundation.jobkit.client import Client
api = Client(endpoint=os.environ["KUBERNETES_URL"], authorization="Bearer " + os.environ["KUBERNETES_TOKEN"])
kubernetes.Kubernetes.from_pod = classmethod(lambda cls, _: cls(api))
read = context.JobContext.read.__func__
context.JobContext.read = classmethod(lambda *given: dataclasses.replace(read(*given), pause=0.1))
runpy.run_module(sys.argv[1], run_name="__main__")
"""
"""What a pod adds to a program: its service account. Looks are closer together than for clusters of days."""


@dataclass
class Stage:
    """A cluster of real nodes with a Kubernetes API above them and a Service in front.

    Attributes:
        folder: of everything that is written.
        sets: number of pods by StatefulSet.
        roles: of the nodes of each StatefulSet.
    """

    folder: Path
    sets: Mapping[str, int]
    roles: Mapping[str, Sequence[str]]
    store: KubernetesStore = field(default_factory=KubernetesStore)

    def __enter__(self) -> Self:
        pods = {f"{name}-{n}": self.roles[name] for name, number in self.sets.items() for n in range(number)}
        self.nodes = Nodes(self.folder, pods, self.folder / "repositories").__enter__()
        self.store.on_delete, self.store.on_create = self.nodes.stop, self.nodes.start
        for name, number in self.sets.items():
            self.store.add_stateful_set(NAMESPACE, name, number, {"set": name})
        self.api, self.service = JsonServer(self.store), JsonServer(self.nodes)
        self.api.__enter__()
        self.service.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.store.settle()
        self.service.__exit__()
        self.api.__exit__()
        self.nodes.__exit__()

    @property
    def kubernetes(self) -> Kubernetes:
        """Return the API as a job sees it."""
        return Kubernetes(Client(endpoint=self.api.url, authorization=f"Bearer {TOKEN}", pause=0.01))

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Ask any node."""
        return self.nodes.anyone.ask(method, path, body)

    def change_templates(self, revision: str) -> None:
        """Let all StatefulSets ask for another template."""
        for name in self.sets:
            self.store.change_template(NAMESPACE, name, revision)

    def config(self, program: str, **changes: Any) -> object:
        """Return what a job of prod is told, about the nodes of this cluster."""
        job, kind = PROGRAMS[program]
        here = {
            "endpoint": self.service.url,
            "deadline_seconds": 240,
            "nodes": sum(self.kubernetes.replicas(NAMESPACE, name) for name in self.sets),
            "sets": tuple(self.sets),
            "roles": {name: tuple(roles) for name, roles in self.roles.items()},
            "recorded_nodes": {name: f"{NODES}{name}" for name in self.sets},
        }
        return changed(told(kind, job), **{**here, **changes})

    def start(
        self, program: str, holder: str, request: Mapping[str, Any] | None = None, **changes: Any
    ) -> subprocess.Popen[str]:
        """Start a shipped program as its pod does, and return its process."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "BALLAST_CONFIG": str(write(self.config(program, **changes), self.folder / f"{holder}.json")),
            "BALLAST_HOLDER": holder,
            "BALLAST_REQUEST": json.dumps(request or {}),
            "KUBERNETES_URL": self.api.url,
            "KUBERNETES_TOKEN": TOKEN,
        }
        command = [sys.executable, "-c", IN_A_POD, f"components.stores.opensearch.jobs.{program}"]
        return subprocess.Popen(
            command, env=environment, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, program: str, request: Mapping[str, Any] | None = None, **changes: Any) -> tuple[int, str, str]:
        """Run a shipped program to its end; return its exit code, what it said and what it complained of."""
        process = self.start(program, f"{program}-pod", request, **changes)
        said, complaints = process.communicate(timeout=300)
        return process.returncode, said, complaints
