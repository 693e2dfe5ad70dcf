"""Programs of the stack as processes on loopback."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING, Self, TypeVar

import pytest

from tests.harness.cluster import need_programs
from toolchain import toolbox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

Found = TypeVar("Found")

START_SECONDS = 60
PAUSE = 0.1


def program(name: str) -> str:
    """Return a built program; without it the test is skipped, or fails where everything must be there."""
    need_programs(name)
    return str(toolbox.require(name))


def until(look: Callable[[], Found | None], what: str, seconds: float = 30) -> Found:
    """Return what is found as soon as it is there; a failure names what never came."""
    end = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > end:
            pytest.fail(f"{what} did not come about within {seconds:.0f} s")
        time.sleep(PAUSE)
    return found


def answers(address: str) -> bool:
    """Whether an HTTP server says that it is well."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - an address on loopback
            return answer.status == 200
    except OSError:
        return False


class Process:
    """A program that runs while the context lasts, and says in its log what was wrong.

    Args:
        command: the program and its arguments.
        folder: where it runs and logs.
        ready: address that answers once it is up.
        environment: beside that of the tests.
        core: the only processor core that it may use.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        ready: str,
        *,
        environment: dict[str, str] | None = None,
        core: int | None = None,
    ) -> None:
        self.command = list(command) if core is None else ["taskset", "-c", str(core), *command]
        self.folder = folder
        self.ready = ready
        self.environment = {**os.environ, **(environment or {})}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "log"
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command, cwd=self.folder, env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )
        try:
            until(lambda: self._ended() or answers(self.ready), f"{self.command[0]} at {self.ready}", START_SECONDS)
            if self._ended():
                pytest.fail(f"{self.command[0]} ended:\n{self.log.read_text()[-3000:]}")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ended(self) -> bool:
        return self._process.poll() is not None
