"""What must hold for programs to run in a bare Python image from a ConfigMap."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.harness.bare_job import ship
from tests.harness.declare import STACKS, real_stack
from tests.jobkit.config_test import KINDS

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 900 * 1024
"""A ConfigMap holds 1 MiB, keys and encoding included."""


@pytest.mark.parametrize("stack", STACKS)
def test_the_programs_of_each_namespace_fit_into_a_config_map(stack: str) -> None:
    shipped = [one for one in real_stack(stack).of_kind("ConfigMap") if one.name.endswith("-programs")]
    assert len(shipped) == 3
    for one in shipped:
        assert 0 < sum(len(text.encode()) for text in one.inputs["data"].values()) < LARGEST


@pytest.mark.parametrize("module", sorted(KINDS))
def test_a_program_without_a_configuration_says_so_in_one_line(module: str, tmp_path: Path) -> None:
    # -S: no installed packages, like the stock image; the packages above the modules have no file in a pod.
    run = f"import sys, runpy; sys.path[:0] = '.'; runpy.run_module('{module}', run_name='__main__')"
    environment = {"BALLAST_CONFIG": str(tmp_path / "absent.json")}
    command = [sys.executable, "-I", "-S", "-c", run]
    folder = ship(tmp_path / "shipped", "", "").folder
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "absent.json: can't be read as JSON" in ended.stderr
