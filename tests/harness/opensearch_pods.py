"""Real nodes as the pods of StatefulSets: what a job deletes or scales away is a process that ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.kubernetes import Kubernetes
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_store import KubernetesStore
from tests.harness.kubernetes_stub import TOKEN
from tests.harness.opensearch_processes import Nodes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMESPACE = "search"
LOCK = "search-operations"
ROOT = Path(__file__).resolve().parents[2]

IN_A_POD = """
import os, runpy, sys
from components.foundation.jobkit import kubernetes, waiting
from components.foundation.jobkit.client import Client
api = Client(endpoint=os.environ["KUBERNETES_URL"], authorization="Bearer " + os.environ["KUBERNETES_TOKEN"])
kubernetes.Kubernetes.from_pod = classmethod(lambda cls, _: cls(api))
waiting.Deadline.after.__func__.__defaults__ = (0.1,)
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

    def desired(self, **sections: Any) -> dict[str, Any]:
        """Return orders for this cluster."""
        live = sum(self.store.objects[f"/apis/apps/v1/namespaces/{NAMESPACE}/statefulsets/{name}"]["spec"]["replicas"]
                   for name in self.sets)  # fmt: skip
        return {"endpoint": self.service.url, "nodes": live, "deadlineSeconds": 240, **sections}

    def start(
        self, job: str, desired: Mapping[str, Any], holder: str, request: Mapping[str, Any] | None = None
    ) -> subprocess.Popen[str]:
        """Start a shipped program as its pod does, and return its process."""
        orders = self.folder / f"{holder}.json"
        orders.write_text(json.dumps(desired))
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "BALLAST_DESIRED": str(orders),
            "BALLAST_HOLDER": holder,
            "BALLAST_REQUEST": json.dumps(request or {}),
            "KUBERNETES_URL": self.api.url,
            "KUBERNETES_TOKEN": TOKEN,
        }
        command = [sys.executable, "-c", IN_A_POD, f"components.stores.opensearch.jobs.{job}"]
        return subprocess.Popen(
            command, env=environment, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(
        self, job: str, desired: Mapping[str, Any], request: Mapping[str, Any] | None = None
    ) -> tuple[int, str, str]:
        """Run a shipped program to its end; return its exit code, what it said and what it complained of."""
        process = self.start(job, desired, f"{job}-pod", request)
        said, complaints = process.communicate(timeout=300)
        return process.returncode, said, complaints
