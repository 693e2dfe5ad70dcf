"""`up` and an unchanged preview of development beside `kubectl apply` and `kubectl diff` of the same objects.

`up` waits until all is ready, which `apply` does not; both start on a cluster that has none of the objects.
"""

from __future__ import annotations

import json
import resource
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.harness.cluster import copy_project
from tests.harness.project import Stack, remove
from toolchain.cluster import Cluster
from toolchain.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3
AIM_PREVIEW = 3
AIM_UP = 4
SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the key by which Pulumi marks a secret value
SERVER_SIDE = ("--server-side", "--force-conflicts", "--field-manager=bench", "-f")
DIFFERENT = 1


@dataclass(frozen=True)
class Cost:
    """Wall time of a command, and the CPU seconds of all its processes."""

    wall: float
    cpu: float


def cost(run: Callable[[], object]) -> Cost:
    """Return what one run took."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    run()
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def plain(value: Any) -> Any:
    """Return a value of the state without Pulumi's own keys and with its secrets open."""
    if isinstance(value, dict):
        if SECRET in value:
            return plain(json.loads(value["plaintext"]))
        return {key: plain(item) for key, item in value.items() if not key.startswith("__")}
    return [plain(item) for item in value] if isinstance(value, list) else value


def objects(stack: Stack) -> list[dict[str, Any]]:
    """Return the objects that a stack has made, in the order in which it made them."""
    state = json.loads(stack.pulumi("stack", "export", "--show-secrets", "--stack", stack.name).stdout)
    return [
        plain(found["inputs"])
        for found in state["deployment"]["resources"]
        if found["type"].startswith("kubernetes:") and not found.get("external")
    ]


def show() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="ballast-bench-") as name:
        folder = Path(name)
        cluster = Cluster(folder / "cluster")
        cluster.start()
        try:
            project = copy_project(folder / "dev")
            dev = Stack("dev", project, Engine(folder / "engine", project), cluster).create()
            ups = [cost(dev.up)]
            made = objects(dev)
            file = folder / "objects.json"
            file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": made}), encoding="utf-8")
            previews, diffs = [], []
            for _ in range(ROUNDS):
                diffs.append(cost(lambda: _diff(cluster, file)))
                previews.append(cost(lambda: dev.preview("--expect-no-changes")))
            dev.pulumi("destroy", "--yes", "--non-interactive", "--skip-preview")
            remove(dev)
            applies = [cost(lambda: cluster.kubectl("apply", *SERVER_SIDE, str(file)))]
        finally:
            cluster.delete()
    _print("preview", previews, "kubectl diff", diffs, len(made), AIM_PREVIEW)
    _print("up", ups, "kubectl apply", applies, len(made), AIM_UP)


def _diff(cluster: Cluster, file: Path) -> None:
    compared = cluster.kubectl("diff", *SERVER_SIDE, str(file), check=False)
    # The new field manager is itself a difference.
    assert compared.returncode <= DIFFERENT, compared.stderr


def _print(name: str, ours: list[Cost], other: str, theirs: list[Cost], count: int, aim: int) -> None:
    lines = ((f"{name} of dev, {count} objects:", ours), (f"floor: {other} --server-side, same objects:", theirs))
    for title, costs in lines:
        wall, cpu = (statistics.median(getattr(each, kind) for each in costs) for kind in ("wall", "cpu"))
        all_of = ", ".join(f"{each.wall:.1f}" for each in costs)
        print(f"{title:<52}{wall:7.1f} s   {cpu:6.1f} s of CPU   (of {all_of})")
    ratio = statistics.median(each.wall for each in ours) / statistics.median(each.wall for each in theirs)
    print(f"{'ratio of their times:':<52}{ratio:7.1f}     aim {aim} or less")
