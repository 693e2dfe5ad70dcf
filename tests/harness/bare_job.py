"""Jobs as a pod has them: the shipped files alone in a bare folder, a Python without packages, a Kubernetes API."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.harness.told import write

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
STORES = ("chroma", "opensearch", "qdrant", "volumes")
PACKAGES = ("components/foundation/jobkit", *(f"components/stores/{store}/jobs" for store in STORES))

PROGRAM = """
import runpy, sys
sys.path.insert(0, ".")
from components.foundation.jobkit.client import Client
from components.foundation.jobkit.kubernetes import Kubernetes
api, token, job = sys.argv[1:4]
client = Client(endpoint=api, authorization=f"Bearer {token}", pause=0.01)
Kubernetes.from_pod = classmethod(lambda cls, *_: cls(client))
runpy.run_module(job, run_name="__main__")
"""
"""Only the address of the API server is the test's: a pod's service account lies at a fixed place."""


@dataclass(frozen=True)
class Shipped:
    """A folder with the shipped files.

    Attributes:
        folder: where they are.
        api: URL of the Kubernetes API.
        token: what it wants to see.
        limit: shell commands that run before a job.
    """

    folder: Path
    api: str
    token: str
    limit: str = ""

    def limited(self, blocks: int) -> Shipped:
        """Return the same whose processes write no file beyond so many KiB, as on a disk that is full."""
        return replace(self, limit=f"ulimit -f {blocks}; ")

    def start(self, job: str, config: object, request: Mapping[str, object], holder: str) -> subprocess.Popen[str]:
        """Start a job, such as `chroma.jobs.snapshot`, and return its process."""
        path = write(config, self.folder / f"{holder}.json")
        environment = {
            "PATH": os.environ["PATH"],
            "BALLAST_CONFIG": str(path),
            "BALLAST_SECRETS": str(self.folder / "secrets"),
            "BALLAST_REQUEST": json.dumps(request),
            "BALLAST_HOLDER": holder,
        }
        # -S: no installed packages, like the stock image; -u: a line is there when it is written, as in a pod's log.
        command = [
            "bash",
            "-c",
            f'{self.limit}exec "$@"',
            "bash",
            sys.executable,
            "-I",
            "-S",
            "-B",
            "-u",
            "-c",
            PROGRAM,
            self.api,
            self.token,
        ]
        return subprocess.Popen(
            [*command, f"components.stores.{job}"],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, job: str, config: object, request: Mapping[str, object] | None = None, holder: str = "job"
    ) -> tuple[int, str, str]:
        """Run a job to its end and return exit code, output and complaints."""
        process = self.start(job, config, request or {}, holder)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err


def ship(folder: Path, api: str, token: str) -> Shipped:
    """Copy what a pod mounts into a folder of its own."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return Shipped(folder, api, token)
