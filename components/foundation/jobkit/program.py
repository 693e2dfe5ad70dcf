"""The frame of every job program: how it begins, and the one way in which it ends."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, TypeVar

from components.foundation.jobkit.context import JobContext
from components.foundation.jobkit.errors import JobError, UnreachableError
from components.foundation.jobkit.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable

Config = TypeVar("Config")


def run(name: str, kind: type[Config], work: Callable[[JobContext[Config]], None]) -> int:
    """Run a job on what its pod mounts; return the exit code, 1 after one line that begins with `failed`.

    A pod that is taken away leaves through its `finally` blocks, as after a person's interrupt.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        work(JobContext.read(kind, os.environ))
    except JobError as error:
        sys.stderr.write(f"failed     {name}: {error}\n")
        return 1
    return 0


def run_reporting(kind: type[Config], work: Callable[[JobContext[Config], Report], None]) -> int:
    """Run a job that goes on after the failure of a single object; return the exit code, 1 where anything failed."""
    report = Report()
    try:
        work(JobContext.read(kind, os.environ), report)
    except UnreachableError:
        report.stopped("the cluster stopped answering; what is not listed above was not tried")
    except JobError as error:
        report.stopped(str(error))
    return report.close()


def tell(line: str) -> None:
    """Print one line about one thing; a log that is followed shows it at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say(what: str, line: str) -> None:
    """Print one line about one thing, in the shape of the report."""
    tell(f"{what:<11}{line}")
