"""What must hold for the jobs to run in a bare Python image from a ConfigMap."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.harness.bare_job import PACKAGES, ROOT, ship

if TYPE_CHECKING:
    from pathlib import Path

MODULES = [path for package in PACKAGES[1:] for path in sorted((ROOT / package).glob("*.py"))]
PROGRAMS = ("chroma.jobs.snapshot", "chroma.jobs.restore", "volumes.jobs.snapshot", "volumes.jobs.restore")
LARGEST = 900 * 1024
"""A ConfigMap holds 1 MiB, keys and encoding included."""


def _imported(module: Path) -> set[str]:
    """Return the names of everything that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_job_imports_nothing_but_the_standard_library_and_what_is_shipped_beside_it(module: Path) -> None:
    shipped = tuple(package.replace("/", ".") for package in PACKAGES)
    other = {name for name in _imported(module) if not name.startswith(shipped)}
    assert {name.partition(".")[0] for name in other} <= set(sys.stdlib_module_names)


def test_the_jobs_fit_into_a_config_map() -> None:
    assert 0 < sum(path.stat().st_size for path in MODULES) < LARGEST


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_job_without_a_configuration_says_so_in_one_line(program: str, tmp_path: Path) -> None:
    folder = ship(tmp_path / "shipped", "", "").folder
    run = f"import sys, runpy; sys.path[:0] = '.'; runpy.run_module('components.stores.{program}', run_name='__main__')"
    environment = {"BALLAST_CONFIG": str(tmp_path / "absent.json")}
    command = [sys.executable, "-I", "-S", "-c", run]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "absent.json: can't be read as JSON" in ended.stderr
