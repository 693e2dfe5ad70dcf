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
    from collections.abc import Iterable, Mapping

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
    """Return what the golden manifest of each stack must hold.

    Raises:
        RefusedError: A stack file or the program is refused; the sentence is the program's.
    """
    return golden_texts(all_entries(project, stacks))


def golden_texts(listed: Mapping[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Return the golden manifest of each stack, out of its entries."""
    return {stack: text(stack, found) for stack, found in listed.items()}


def all_entries(project: Path, stacks: list[str], program: Path = PROGRAM) -> dict[str, list[dict[str, Any]]]:
    """Return the entries of several stacks: the program runs under mocks, once for each.

    Raises:
        RefusedError: as in `declared`.
    """
    with ThreadPoolExecutor(PROCESSES) as pool:
        found = pool.map(lambda stack: entries(project, stack, program), stacks)
        return dict(zip(stacks, found, strict=True))


def entries(project: Path, stack: str, program: Path = PROGRAM) -> list[dict[str, Any]]:
    """Return everything that a program declares for a stack, an entry for each resource.

    Args:
        project: folder of the stack files.
        stack: whose.
        program: checkout of the program.

    Raises:
        RefusedError: as in `declared`.
    """
    file = (project / f"Pulumi.{stack}.yaml").resolve()
    try:
        run = subprocess.run(  # noqa: S603 - this project's own program
            [sys.executable, "-m", "ops.manifest", str(file), "--inputs"],
            cwd=program,
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
