"""`ballast promote` on the real stack files, beside processes that only start and that only load its libraries.

Pulumi is a script that prints recorded answers, so that what is measured is the command's own time.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.harness.declare import PROJECT
from tests.harness.promotion import FakePulumi, Stage

ROUNDS = 7
AIM_SECONDS = 0.5
ANSWER = '#!/bin/sh\nexec cat "{folder}/$2.json"\n'
SDK = "print(sorted({n.split('.')[0] for n in sys.modules} & {'pulumi', 'pulumi_kubernetes', 'pulumi_aws', 'grpc'}))"
PROBE = f"import sys\nfrom ops.__main__ import main\ntry: main(sys.argv[1:])\nexcept SystemExit: pass\n{SDK}"


def staged(folder: Path) -> Stage:
    """Return a project in which one value is pending, and a pulumi that proves it without taking time."""
    stage = Stage(folder / "project", FakePulumi(folder / "bin").create()).create()
    stage.change("dev", "version: 1.12.1", "version: 1.12.2")
    stage.deploy("dev")
    for name in ("outputs", "history"):
        answer = json.dumps(stage.pulumi.stacks["dev"][name])
        (stage.pulumi.folder / f"{name.removesuffix('s')}.json").write_text(answer, encoding="utf-8")
    (stage.pulumi.folder / "tag.json").write_text("{}", encoding="utf-8")
    (stage.pulumi.folder / "pulumi").write_text(ANSWER.format(folder=stage.pulumi.folder), encoding="utf-8")
    return stage


def show() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="ballast-bench-") as scratch:
        stage = staged(Path(scratch))
        path = f"{stage.pulumi.folder}{os.pathsep}{os.environ['PATH']}"
        promote = ["promote", "dev", "staging", "--project", str(stage.folder)]
        runs = {
            "ballast promote, a process": ["-m", "ops", *promote],
            "floor: a process that does nothing": ["-c", "pass"],
            "floor: one that loads its libraries": ["-c", "import pydantic, typer, yaml"],
        }
        times: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name, arguments in runs.items():
                times[name].append(_seconds(arguments, path))
        loaded = _output(["-c", PROBE, *promote], path).splitlines()[-1]
    for name, found in times.items():
        aim = f"   aim under {AIM_SECONDS} s; provider SDKs loaded: {loaded}" if name.startswith("ballast") else ""
        print(f"{name + ':':<44}{statistics.median(found):6.2f} s{aim}")


def _seconds(arguments: list[str], path: str) -> float:
    start = time.monotonic()
    _output(arguments, path)
    return time.monotonic() - start


def _output(arguments: list[str], path: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    # A promotion that was refused has skipped a part of the work.
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
