"""`ballast preview-report` on a preview of 2,000 steps, beside a process that only parses the same file."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from tests.harness.declare import PROJECT, real_stack
from tests.harness.previews import preview, state, step

if TYPE_CHECKING:
    from collections.abc import Callable

STEPS = 2_000
ROUNDS = 5
AIM_SECONDS = 1.0
OPERATIONS = ("update", "replace", "delete", "create")
PARSE = "import json, sys; json.load(open(sys.argv[1], 'rb'))"


def large() -> dict[str, object]:
    """A preview that changes, in turn, what the program declares for production, with the inputs that it has."""
    declared = [found for found in real_stack("prod").resources if found.type.startswith("kubernetes:")]
    steps = []
    for number, (found, op) in enumerate(islice(zip(cycle(declared), cycle(OPERATIONS), strict=False), STEPS)):
        name = f"{found.name}-{number}"
        known = state(found.type, name, inputs=found.inputs)
        steps.append(step(op, found.type, name, old=known, new=known, changed={"spec.template": "update"}))
    return preview(*steps)


def seconds(run: Callable[[], object]) -> float:
    """Return the wall time of one run."""
    start = time.monotonic()
    run()
    return time.monotonic() - start


def process(*arguments: str) -> Callable[[], object]:
    """Return what runs a Python process to its end."""
    return lambda: subprocess.run([sys.executable, *arguments], cwd=PROJECT, capture_output=True, check=False)


def show() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="ballast-bench-") as folder:
        file = Path(folder) / "prod.json"
        file.write_text(json.dumps(large(), indent=4), encoding="utf-8")
        reports, floors = [], []
        for _ in range(ROUNDS):
            floors.append(seconds(process("-c", PARSE, str(file))))
            reports.append(seconds(process("-m", "ops", "preview-report", str(file))))
        megabytes = file.stat().st_size / 1e6
    report, floor = statistics.median(reports), statistics.median(floors)
    print(
        f"report on {STEPS:,} steps, {megabytes:.1f} MB, a process:     {report:6.2f} s   aim under {AIM_SECONDS:.0f} s"
    )
    print(f"floor: a process that parses the file:      {floor:6.2f} s")
