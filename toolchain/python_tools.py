"""Programs that PyPI carries, each in a virtual environment of its own in the cache folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from toolchain.errors import ToolchainError
from toolchain.locking import locked
from toolchain.paths import cache_root

_UV = "uv==0.13.8"


def python_tool(requirement: str, program: str) -> Path:
    """The path of `program` out of the pinned wheel `requirement` (`name==version`), installed on first use.

    Raises:
        ToolchainError: the virtual environment can't be made or the wheel can't be installed.
    """
    folder = cache_root() / "python-tools" / requirement.replace("==", "-")
    executable = folder / "bin" / program
    with locked(folder.parent / f".lock-{folder.name}", f"the installation of {requirement}"):
        if (folder / "complete").exists():
            return executable
        shutil.rmtree(folder, ignore_errors=True)
        _run(
            [sys.executable, "-m", "venv", str(folder)],
            "Python can't make virtual environments here; Debian and Ubuntu: `apt install python3-venv`",
        )
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, requirement], f"{requirement} can't be installed; is a Python package index reachable?")
        (folder / "complete").touch()
    return executable


def find_uv() -> Path:
    """The `uv` on PATH, else one out of PyPI."""
    program = shutil.which("uv")
    return Path(program) if program else python_tool(_UV, "uv")


def _run(command: list[str], complaint: str) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - built above
    if result.returncode:
        raise ToolchainError(f"{complaint}\n{(result.stderr or result.stdout).strip()[-600:]}")
