"""An engine that dies in the middle of `up`, and `up` again: nothing is lost and nothing is there twice."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.harness.declare import PROJECT

pytestmark = pytest.mark.engine


@pytest.fixture
def dev(stacks):
    return stacks("dev")


# What `make up` does: a process that has an engine of the toolchain bring the stack up.
UP = """
import sys
from pathlib import Path
from toolchain.engine import Engine
from toolchain.processes import interrupt_on_signals

interrupt_on_signals()
home, project, stack = sys.argv[1:]
options = ("--yes", "--non-interactive", "--skip-preview", "--stack", stack)
Engine(Path(home), Path(project)).run("up", *options)
"""


# The same, on a cluster of the toolchain that it watches.
WATCHED = """
import sys
from pathlib import Path
from toolchain.cluster import Cluster
from toolchain.deploy import up
from toolchain.engine import Engine

home, project, stack, cluster = sys.argv[1:]
up(Engine(Path(home), Path(project)), Cluster(Path(cluster)), stack)
"""


def start_up(stack):
    """Start `up` and return the process."""
    return subprocess.Popen(
        [sys.executable, "-c", UP, str(stack.engine.home), str(stack.folder), stack.name],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def until(condition, process):
    while not condition():
        assert process.poll() is None, "it ended before it could be interrupted"
        time.sleep(0.05)


def kubeconfigs(stack):
    return list(stack.engine.scratch.glob("*/kubeconfig*"))


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
        for namespace in ("opensearch", "qdrant", "databases")
        for item in stack.objects(kind, namespace)
    }


@pytest.mark.parametrize("moment", ["persistentvolumeclaims", "jobs"])
def test_an_engine_that_was_killed_is_followed_by_one_that_finishes(dev, moment):
    process = start_up(dev)
    try:
        until(lambda: uids(dev, moment), process)
    finally:
        kill(process)
    assert kubeconfigs(dev), "nobody was left to remove it"
    claims = uids(dev, "persistentvolumeclaims")
    dev.up()
    assert kubeconfigs(dev) == []
    assert dev.unready() == []
    assert claims.items() <= uids(dev, "persistentvolumeclaims").items()
    assert "unchanged" in dev.preview("--expect-no-changes")
    names = [name.rpartition("-")[0] for name in uids(dev, "statefulsets")]
    assert len(names) == len(set(uids(dev, "statefulsets")))
    dev.pulumi("destroy", "--yes", "--non-interactive", "--skip-preview")


def test_an_up_that_is_told_to_end_notes_what_it_has_made_and_takes_its_kubeconfig_along(dev):
    process = start_up(dev)
    try:
        # Claims may be there from before: a teardown keeps them.
        until(lambda: uids(dev, "services"), process)
        assert kubeconfigs(dev)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=90)
    finally:
        kill(process)
    assert list(dev.engine.scratch.glob("run-*")) == []
    assert list((dev.engine.backend / ".pulumi" / "locks").rglob("*.json")) == [], "the engine was not let to end"
    dev.pulumi("destroy", "--yes", "--non-interactive", "--skip-preview")


def test_a_cluster_that_dies_is_noticed_and_named_and_the_next_up_completes(dev):
    command = [sys.executable, "-c", WATCHED, str(dev.engine.home), str(dev.folder), dev.name, str(dev.cluster.home)]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout
    try:
        # Claims may be there from before: a teardown keeps them.
        until(lambda: uids(dev, "services"), process)
        os.kill(dev.cluster.status().pids["kube-apiserver"], signal.SIGKILL)
        killed = time.monotonic()
        line = next(line for line in process.stdout if "of the local cluster ended in the middle" in line)
        assert line.startswith("kube-apiserver (its log: ")
        assert time.monotonic() - killed < 30
        said = process.stdout.read()
        assert process.wait(timeout=90) != 0
    finally:
        kill(process)
        dev.cluster.start()
    assert "Run make up again: it starts what is missing and goes on from there" in said
    dev.up()
    assert dev.unready() == []
    assert "unchanged" in dev.preview("--expect-no-changes")
    dev.pulumi("destroy", "--yes", "--non-interactive", "--skip-preview")
