"""What every test starts from: nothing ambient that points at a cluster, a cloud or a stack."""

from __future__ import annotations

import gc
import os
import signal

import pytest

pytest_plugins = ["tests.harness.cluster", "tests.harness.effort", "tests.harness.opensearch"]

# A shell lets what it starts in the background ignore Ctrl-C, and that is inherited by every program of a test.
signal.signal(signal.SIGINT, signal.default_int_handler)

AMBIENT = ("AWS_", "PULUMI_", "KUBE")


PROGRAMS = (
    "opensearch_jobs",
    "qdrant_jobs",
    "database_jobs",
    "jobkit",
    "ops",
    "builder_test",
    "engine_scratch_test",
    "processes_test",
    "buildable_test",
    "evidence_test",
)
"""Folders and files whose tests start programs and servers: too slow for every save of a file."""


LONGEST = (
    "engine/dev",
    "tests/engine/restart_test.py",
    "tests/engine/production_test.py",
    "tests/engine/rehearsal_test.py",
    "tests/engine/interruption_test.py",
    "tests/live/whole_test.py",
    "opensearch",
)
"""Groups that two workers begin with: one that is left for the end runs alone while the other worker waits."""


@pytest.hookimpl(tryfirst=True)  # before xdist asks for groups
def pytest_collection_modifyitems(items):
    """Mark what runs programs against servers, keep what shares a server in one worker, and begin with the longest."""
    for item in items:
        if item.path.parent.name in PROGRAMS or item.path.stem in PROGRAMS:
            item.add_marker(pytest.mark.programs)
    java = {item.path for item in items if "opensearch_cluster" in item.fixturenames}
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            group = "opensearch" if item.path in java else item.nodeid.partition("::")[0]
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: LONGEST.index(_group(item)) if _group(item) in LONGEST else len(LONGEST))


def _group(item):
    return item.get_closest_marker("xdist_group").args[0]


def pytest_collection_finish():
    """Let no collection of garbage walk through all modules and tests again: they stay until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _nothing_ambient(monkeypatch):
    """Take away what could lead a test to somebody's real cluster or account."""
    for name in list(os.environ):
        if name.startswith(AMBIENT):
            monkeypatch.delenv(name)
