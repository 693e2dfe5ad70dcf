"""Preview of production, without and with AWS, beside a flat program of as many bare resources; memory of the program.

In AWS a stand-in answers both, which only pretends. Both are measured in turn, so that both see the same machine.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from tests.harness.cluster import copy_project
from tests.harness.declare import declare_stack
from tests.harness.made_buckets import copied, made
from tests.harness.project import Stack
from toolchain.cluster import Cluster
from toolchain.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

STANDIN = Path(__file__).parent / "aws_standin" / "pulumi-resource-aws"
ROUNDS = 3
AIM_RATIO = 1.5
AIM_WITH_AWS = 1.15
AIM_MEGABYTES = 250

FLAT = """
import pulumi
import pulumi_kubernetes as k8s

provider = k8s.Provider("cluster", kubeconfig={kubeconfig!r}, cluster_identifier="bench")
for number in range({count}):
    k8s.core.v1.ConfigMap(f"bare-{{number}}", data={{"key": "value"}}, opts=pulumi.ResourceOptions(provider=provider))
"""

BUCKETS = """
import pulumi_aws as aws

account = aws.Provider("aws", region="eu-central-1")
for number in range({count}):
    aws.s3.Bucket(f"bare-{{number}}", bucket=f"bare-{{number}}", opts=pulumi.ResourceOptions(provider=account))
"""


class PeakMemory(threading.Thread):
    """Watches the Pulumi program's own process and remembers its largest resident size, in megabytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.megabytes = 0.0
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.05):
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    if b"pulumi-language-python-exec" in (process / "cmdline").read_bytes().split(b"\0")[1]:
                        self.megabytes = max(self.megabytes, _peak(process))
                except (OSError, IndexError):
                    continue

    def end(self) -> None:
        self._ended.set()
        self.join()


def _peak(process: Path) -> float:
    for line in (process / "status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def seconds(run: Callable[[], object]) -> float:
    """Return the wall time of one run."""
    start = time.monotonic()
    run()
    return time.monotonic() - start


def flat(folder: Path, cluster: Cluster, in_cluster: int, in_aws: int) -> Engine:
    """Return an engine on a program of so many bare ConfigMaps, and as many bare buckets as are asked for."""
    project = copy_project(folder / "project")
    program = FLAT.format(kubeconfig=str(cluster.kubeconfig), count=in_cluster)
    (project / "__main__.py").write_text(program + (BUCKETS.format(count=in_aws) if in_aws else ""))
    engine = Engine(folder / "engine", project)
    engine.use_aws(STANDIN)
    engine.run("stack", "init", "flat", "--secrets-provider", "passphrase")
    return engine


def production(folder: Path, cluster: Cluster, change: Callable[[str], str]) -> Stack:
    """Return production on a cluster, its stack file changed."""
    project = copy_project(folder / "project")
    engine = Engine(folder / "engine", project)
    engine.use_aws(STANDIN)
    stack = Stack("prod", project, engine, cluster).create()
    stack.file.write_text(change(stack.file.read_text(encoding="utf-8")), encoding="utf-8")
    return stack


def compared(what: str, aim: float, folder: Path, cluster: Cluster, change: Callable[[str], str] = str) -> None:
    """Print what a preview of production takes beside as many bare resources."""
    prod = production(folder / "prod", cluster, change)
    kinds = [one.type for one in declare_stack(read_stack(prod.file, SECRETS), "prod").resources]
    in_aws = sum(kind.startswith("aws:") for kind in kinds)
    bare = flat(folder / "flat", cluster, len(kinds) - in_aws, in_aws)
    previews: list[float] = []
    floors: list[float] = []
    memory = PeakMemory()
    for _ in range(ROUNDS):
        floors.append(seconds(lambda: bare.run("preview", "--stack", "flat", "--non-interactive")))
        if not memory.is_alive():
            memory.start()
        previews.append(seconds(prod.preview))
    memory.end()
    preview, floor = statistics.median(previews), statistics.median(floors)
    of_them = f" ({in_aws} in AWS)" if in_aws else ""
    print(f"preview of {what}, {len(kinds)} resources{of_them}: {preview:.2f} s   (of {_all(previews)})")
    print(f"floor: as many bare ConfigMaps{' and buckets' if in_aws else ''}, same run: {floor:.2f} s   "
          f"(of {_all(floors)})")  # fmt: skip
    print(f"ratio:                                      {preview / floor:6.2f}     aim {aim} or less")
    print(f"peak memory of the Python programs:         {memory.megabytes:6.0f} MB  aim under {AIM_MEGABYTES} MB")


def show() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="ballast-bench-") as name:
        folder = Path(name)
        cluster = Cluster(folder / "cluster")
        cluster.start()
        try:
            compared("prod", AIM_RATIO, folder / "plain", cluster)
            compared("prod with AWS", AIM_WITH_AWS, folder / "aws", cluster, lambda text: copied(made(text)))
        finally:
            cluster.delete()


def _all(figures: list[float]) -> str:
    return ", ".join(f"{figure:.2f}" for figure in figures)
