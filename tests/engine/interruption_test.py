"""An engine that dies in the middle of `up`, and `up` again: nothing is lost and nothing is there twice."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time

import pytest

pytestmark = pytest.mark.engine


@pytest.fixture
def dev(stacks):
    return stacks("dev")


def start_up(stack):
    """Start `up` and return the process."""
    stack.engine.prepare()
    command = ["pulumi", "--cwd", str(stack.folder), "up", "--stack", stack.name, "--yes", "--non-interactive"]
    environment = stack.engine.environment()
    return subprocess.Popen(
        [*command, "--skip-preview"],
        env=environment,
        executable=str(stack.engine.home / "bin" / "pulumi"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill(process):
    """Kill the engine and everything it has started: plugins lead groups of their own."""
    said = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(pid): int(parent) for pid, parent in (line.split() for line in said.splitlines())}
    family = {process.pid}
    while children := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= children
    for pid in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def uids(stack, kind):
    return {
        item["metadata"]["name"]: item["metadata"]["uid"]
        for namespace in ("search", "vectors", "databases")
        for item in stack.objects(kind, namespace)
    }


@pytest.mark.parametrize("moment", ["persistentvolumeclaims", "jobs"])
def test_an_engine_that_was_killed_is_followed_by_one_that_finishes(dev, moment):
    process = start_up(dev)
    try:
        while not uids(dev, moment):
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.05)
    finally:
        kill(process)
    claims = uids(dev, "persistentvolumeclaims")
    dev.up()
    assert dev.unready() == []
    assert claims.items() <= uids(dev, "persistentvolumeclaims").items()
    assert "unchanged" in dev.preview("--expect-no-changes")
    names = [name.rpartition("-")[0] for name in uids(dev, "statefulsets")]
    assert len(names) == len(set(uids(dev, "statefulsets")))
    dev.pulumi("destroy", "--yes", "--non-interactive", "--skip-preview")
