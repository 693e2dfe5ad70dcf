"""`ballast` in the process of the test: what it prints and its exit code, without the time that a start takes."""

from __future__ import annotations

import contextlib
import io
import subprocess

from ops.__main__ import main
from tests.harness.declare import PROJECT


def ballast(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command in the project folder as `./ballast` does; an exception that it lets through fails the test."""
    words = [str(argument) for argument in arguments]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(PROJECT), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(words) or 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())
