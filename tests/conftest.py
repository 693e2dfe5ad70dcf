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


def pytest_collection_modifyitems(items):
    """Mark what runs programs against servers."""
    for item in items:
        if item.path.parent.name in PROGRAMS or item.path.stem in PROGRAMS:
            item.add_marker(pytest.mark.programs)


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
