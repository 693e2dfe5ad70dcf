"""What every test starts from: nothing ambient that points at a cluster, a cloud or a stack."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

pytest_plugins = ["tests.harness.cluster", "tests.harness.effort", "tests.harness.opensearch"]

# A shell lets what it starts in the background ignore Ctrl-C, and that is inherited by every program of a test.
signal.signal(signal.SIGINT, signal.default_int_handler)

AMBIENT = ("AWS_", "PULUMI_", "KUBE")
HERE = Path(__file__).parent


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
    "carried_out_test",
    "least_privilege_test",
)
"""Folders and files whose tests start programs and servers: too slow for every save of a file."""


LONGEST = (
    "engine/development/interruption_test.py",
    "engine/development/bootstrap_record_test.py",
    "engine/development/lifecycle_test.py",
    "engine/development/guards_test.py",
    "engine/development/teardown_test.py",
    "engine/production/shape_test.py",
    "engine/production/shared_cluster_test.py",
    "engine/production/restart_test.py",
    "engine/production/growth_test.py",
    "opensearch_jobs",
    "engine/rehearsal_test.py",
    "live/whole_test.py",
    "plans/pairs_test.py",
    "settings/nonsense_test.py",
)
"""Files and folders that workers begin with: one that is left for the end runs alone while the other waits.

Those of one standing stack follow each other: it is interrupted first and torn down last, and grows in between.
"""


def pytest_collection_modifyitems(items):
    """Mark what runs programs against servers, and begin with the longest."""
    for item in items:
        if item.path.parent.name in PROGRAMS or item.path.stem in PROGRAMS:
            item.add_marker(pytest.mark.programs)
    order = {HERE / file: place for place, file in enumerate(LONGEST)}
    items.sort(key=lambda item: min(order.get(path, len(order)) for path in (item.path, item.path.parent)))


TOGETHER = ("tests/opensearch_jobs", "tests/engine/development", "tests/engine/production")
"""Folders whose tests share one server or one standing stack: all of a folder run on one worker."""


class FilesAndFolders(LoadFileScheduling):
    """Gives a worker all tests of a file, or of a folder that shares a server."""

    def _split_scope(self, nodeid):
        file = super()._split_scope(nodeid)
        folder = file.rpartition("/")[0]
        return folder if folder in TOGETHER else file


def pytest_xdist_make_scheduler(config, log):
    """Let `--dist loadfile` keep such folders together; any other `--dist` is what it is called."""
    return FilesAndFolders(config, log) if config.getvalue("dist") == "loadfile" else None


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
