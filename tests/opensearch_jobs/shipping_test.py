"""What must hold for the jobs to run in a bare Python image from a ConfigMap."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
JOBS = ROOT / "components" / "stores" / "opensearch" / "jobs"
KIT = ROOT / "components" / "foundation" / "jobkit"
SHIPPED = ("components.foundation.jobkit", "components.stores.opensearch.jobs")
PROGRAMS = ("bootstrap", "configure", "restart", "drain", "snapshots", "restore")
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


@pytest.mark.parametrize("module", sorted(JOBS.glob("*.py")), ids=lambda path: path.name)
def test_a_job_imports_nothing_but_the_standard_library_and_what_is_shipped_with_it(module: Path) -> None:
    foreign = {name for name in _imported(module) if name.partition(".")[0] not in sys.stdlib_module_names}
    assert not [name for name in foreign if not name.startswith(SHIPPED)]


def test_the_jobs_fit_into_a_config_map() -> None:
    assert {path.suffix for path in JOBS.iterdir() if path.is_file()} == {".py"}
    assert 0 < sum(path.stat().st_size for path in JOBS.glob("*.py")) < LARGEST


@pytest.mark.parametrize("job", PROGRAMS)
def test_a_job_without_a_configuration_says_so_in_one_line(job: str, tmp_path: Path) -> None:
    for folder in (JOBS, KIT):
        # Only the modules themselves: the packages above them have no file in a pod.
        target = tmp_path / folder.relative_to(ROOT)
        target.mkdir(parents=True)
        for module in folder.glob("*.py"):
            shutil.copy(module, target)
    environment = {**os.environ, "BALLAST_CONFIG": str(tmp_path / "absent.json"), "PYTHONPATH": ""}
    program = f"components.stores.opensearch.jobs.{job}"
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys, runpy; sys.path.insert(0, '.'); runpy.run_module('{program}', run_name='__main__')",
    ]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "absent.json: can't be read as JSON" in ended.stderr
