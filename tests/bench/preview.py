"""Preview of production beside a flat program of as many bare ConfigMaps; the memory of the Python program.

Both are measured in turn, so that both see the same machine.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.harness.cluster import copy_project
from tests.harness.declare import real_stack
from tests.harness.project import Stack
from toolchain.cluster import Cluster
from toolchain.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3
AIM_RATIO = 1.5
AIM_MEGABYTES = 250

FLAT = """
import pulumi
import pulumi_kubernetes as k8s

provider = k8s.Provider("cluster", kubeconfig={kubeconfig!r}, cluster_identifier="bench")
for number in range({count}):
    k8s.core.v1.ConfigMap(f"bare-{{number}}", data={{"key": "value"}}, opts=pulumi.ResourceOptions(provider=provider))
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


def flat(folder: Path, cluster: Cluster, count: int) -> Engine:
    """Return an engine on a program of `count` bare ConfigMaps."""
    project = copy_project(folder / "project")
    (project / "__main__.py").write_text(FLAT.format(kubeconfig=str(cluster.kubeconfig), count=count))
    engine = Engine(folder / "engine", project)
    engine.run("stack", "init", "flat", "--secrets-provider", "passphrase")
    return engine


def show() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="ballast-bench-") as name:
        folder = Path(name)
        cluster = Cluster(folder / "cluster")
        cluster.start()
        try:
            count = len(real_stack("prod").resources)
            project = copy_project(folder / "prod")
            prod = Stack("prod", project, Engine(folder / "engine", project), cluster).create()
            bare = flat(folder / "flat", cluster, count)
            memory = PeakMemory()
            previews: list[float] = []
            floors: list[float] = []
            for _ in range(ROUNDS):
                floors.append(seconds(lambda: bare.run("preview", "--stack", "flat", "--non-interactive")))
                if not memory.is_alive():
                    memory.start()
                previews.append(seconds(prod.preview))
            memory.end()
        finally:
            cluster.delete()
    preview, floor = statistics.median(previews), statistics.median(floors)
    print(f"preview of prod, {count} resources:           {preview:6.2f} s   (of {_all(previews)})")
    print(f"floor: {count} bare ConfigMaps, same run:       {floor:6.2f} s   (of {_all(floors)})")
    print(f"ratio:                                      {preview / floor:6.2f}     aim {AIM_RATIO} or less")
    print(f"peak memory of the Python programs:         {memory.megabytes:6.0f} MB  aim under {AIM_MEGABYTES} MB")


def _all(figures: list[float]) -> str:
    return ", ".join(f"{figure:.2f}" for figure in figures)
