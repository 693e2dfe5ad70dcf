"""Golden manifests as files, and the process that tells what they must hold."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.errors import RefusedError
from ops.golden.text import text

if TYPE_CHECKING:
    from collections.abc import Iterable

PROGRAM = Path(__file__).resolve().parents[2]
"""The checkout whose program is run."""

FOLDER = "tests/stacks/golden"
SUFFIX = ".txt"

PATIENCE_SECONDS = 300
"""The program takes 4 seconds (prod, 561 resources, 2 cores); a machine under load takes several times that."""

PROCESSES = 2
"""Programs that run at a time; each keeps a core busy and takes 250 MB."""


def golden_path(stack: str) -> str:
    """Return where the golden manifest of a stack stands in the project."""
    return f"{FOLDER}/{stack}{SUFFIX}"


def written(project: Path, stack: str) -> str:
    """Return the golden manifest as it stands, empty where there is none."""
    path = project / golden_path(stack)
    return path.read_text(encoding="utf-8") if path.exists() else ""


def left_over(project: Path, stacks: Iterable[str]) -> list[Path]:
    """Return the golden manifests of stacks that are no more."""
    known = set(stacks)
    return [path for path in sorted((project / FOLDER).glob(f"*{SUFFIX}")) if path.stem not in known]


def declared(project: Path, stacks: list[str]) -> dict[str, str]:
    """Return what the golden manifest of each stack must hold: the program runs under mocks, once for each.

    Raises:
        RefusedError: A stack file or the program is refused; the sentence is the program's.
    """
    with ThreadPoolExecutor(PROCESSES) as pool:
        return dict(zip(stacks, pool.map(lambda stack: _declared(project, stack), stacks), strict=True))


def _declared(project: Path, stack: str) -> str:
    return text(stack, entries(project, stack))


def entries(project: Path, stack: str) -> list[dict[str, Any]]:
    """Return everything that the program declares for a stack, an entry for each resource.

    Raises:
        RefusedError: as in `declared`.
    """
    file = (project / f"Pulumi.{stack}.yaml").resolve()
    try:
        run = subprocess.run(  # noqa: S603 - this project's own program
            [sys.executable, "-m", "ops.manifest", str(file), "--inputs"],
            cwd=PROGRAM,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise RefusedError(f"the program did not end within {PATIENCE_SECONDS} seconds on {file.name}.") from None
    if run.returncode:
        said = run.stderr.strip().removeprefix("error: ")
        raise RefusedError(said or f"the program ended with code {run.returncode} on {file.name} and said nothing.")
    return json.loads(run.stdout)
