"""One `up` that is killed, told to end and left by its cluster, and then completes: nothing is lost or there twice.

Each test goes on where the one before it was interrupted, as `make up` does.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.harness.declare import PROJECT
from tests.harness.project import NAMESPACES

pytestmark = pytest.mark.engine


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


def until(condition, process):
    while not condition():
        assert process.poll() is None, "it ended before it could be interrupted"
        # Asking costs a tenth of a second of a core, which the engine would lack.
        time.sleep(0.4)


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


@contextlib.contextmanager
def started(program, *arguments, **streams):
    """A process that runs a program, and is killed with all that it has started when the block is left."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    process = subprocess.Popen(command, cwd=PROJECT, text=True, **streams)
    try:
        yield process
    finally:
        kill(process)


def an_up(stack):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return started(UP, stack.engine.home, stack.folder, stack.name, **quiet)


def metadata(stack, kinds):
    """What is there of some kinds, by namespace, kind and name."""
    there = json.loads(stack.cluster.kubectl("get", kinds, "--all-namespaces", "-o", "json").stdout)["items"]
    found = {(one["metadata"]["namespace"], one["kind"], one["metadata"]["name"]): one["metadata"] for one in there}
    return {key: about for key, about in found.items() if key[0] in NAMESPACES}


def uids(stack, kinds):
    return {key: about["uid"] for key, about in metadata(stack, kinds).items()}


def unknown(stack):
    """What stands in the cluster beside what the state lists, and was made by nobody there.

    A Job or a ConfigMap may: the engine names those by itself, and one that was killed has told nobody the name.
    """
    kinds = "statefulsets,deployments,daemonsets,cronjobs,networkpolicies,services,serviceaccounts"
    known = set(stack.state().values())
    return {
        key: about["uid"]
        for key, about in metadata(stack, kinds).items()
        if about["uid"] not in known and "ownerReferences" not in about and key[1:] != ("ServiceAccount", "default")
    }


STORES = "persistentvolumeclaims,statefulsets"
SOME = 15
"""Objects that an interrupted `up` has made beside those that stood before."""


def grown(stack):
    """Whether some more objects stand than now."""
    kinds = "configmaps,networkpolicies,services,roles,deployments,statefulsets"
    before = len(uids(stack, kinds))
    return lambda: len(uids(stack, kinds)) >= before + SOME


@pytest.fixture(scope="module")
def seen():
    """UIDs of claims and StatefulSets, as they were seen after each interruption."""
    return {}


def note(seen, stack):
    """Look again: what was seen before is there still, and is the same."""
    now = uids(stack, STORES)
    assert seen.items() <= now.items()
    seen |= now


def test_an_engine_that_is_killed_early_leaves_claims_and_its_kubeconfig(created, seen):
    with an_up(created) as process:
        until(lambda: uids(created, "persistentvolumeclaims"), process)
    assert kubeconfigs(created), "nobody was left to remove it"
    note(seen, created)
    assert seen


def test_an_up_that_is_told_to_end_notes_what_it_has_made_and_takes_its_kubeconfig_along(created, seen):
    with an_up(created) as process:
        until(grown(created), process)
        assert kubeconfigs(created)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=90)
    assert list(created.engine.scratch.glob("run-*")) == []
    assert list((created.engine.backend / ".pulumi" / "locks").rglob("*.json")) == [], "the engine was not let to end"
    note(seen, created)


def test_a_cluster_that_dies_is_noticed_and_named(created, seen):
    arguments = (created.engine.home, created.folder, created.name, created.cluster.home)
    told = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    try:
        with started(WATCHED, *arguments, **told) as process:
            until(grown(created), process)
            os.kill(created.cluster.status().pids["kube-apiserver"], signal.SIGKILL)
            killed = time.monotonic()
            assert process.stdout
            line = next(line for line in process.stdout if "of the local cluster ended in the middle" in line)
            assert line.startswith("kube-apiserver (its log: ")
            assert time.monotonic() - killed < 30
            said = process.stdout.read()
            assert process.wait(timeout=90) != 0
    finally:
        created.cluster.start()
    assert "Run make up again: it starts what is missing and goes on from there" in said
    note(seen, created)


def test_an_engine_that_is_killed_while_it_waits_for_jobs_is_followed_by_one_that_finishes(created, seen):
    with an_up(created) as process:
        until(lambda: uids(created, "jobs"), process)
    note(seen, created)
    created.up()
    assert kubeconfigs(created) == []
    assert created.unready() == []
    note(seen, created)
    assert unknown(created) == {}
