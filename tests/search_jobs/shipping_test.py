"""What must hold for the jobs to run in a bare Python image from a ConfigMap."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

JOBS = Path(__file__).resolve().parents[2] / "components" / "search" / "jobs"
LARGEST = 900 * 1024
"""A ConfigMap holds 1 MiB, keys and encoding included."""


def _imported(module: Path) -> set[str]:
    """Return the first names of everything that a module imports absolutely."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("module", sorted(JOBS.glob("*.py")), ids=lambda path: path.name)
def test_a_job_imports_nothing_but_the_standard_library(module: Path) -> None:
    assert _imported(module) <= set(sys.stdlib_module_names)


def test_the_jobs_fit_into_a_config_map() -> None:
    assert {path.suffix for path in JOBS.iterdir() if path.is_file()} == {".py"}
    assert 0 < sum(path.stat().st_size for path in JOBS.glob("*.py")) < LARGEST


@pytest.mark.parametrize("job", ["founding", "configure"])
def test_a_job_without_orders_says_so_in_one_line(job: str, tmp_path: Path) -> None:
    shutil.copytree(JOBS, tmp_path / "jobs", ignore=shutil.ignore_patterns("__pycache__"))
    environment = {**os.environ, "BALLAST_DESIRED": str(tmp_path / "absent.json"), "PYTHONPATH": ""}
    command = [
        sys.executable,
        "-I",
        "-c",
        f"import sys, runpy; sys.path.insert(0, '.'); runpy.run_module('jobs.{job}', run_name='__main__')",
    ]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "absent.json: can't be read as JSON" in ended.stderr
