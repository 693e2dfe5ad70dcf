"""Real stack files on the real engine and a local cluster."""

from __future__ import annotations

import pytest

from tests.harness.cluster import copy_project, need_programs
from tests.harness.hasty_engine import HastyEngine
from tests.harness.project import Stack, remove
from toolchain.recipes import ENGINE


@pytest.fixture(scope="module")
def stacks(local_cluster, tmp_path_factory):
    """Makes stacks from real stack files; what they leave behind is deleted after the module."""
    need_programs(*ENGINE)
    made = []

    def make(name):
        folder = tmp_path_factory.mktemp(name)
        project = copy_project(folder / "project")
        made.append(Stack(name, project, HastyEngine(folder / "engine", project), local_cluster).create())
        return made[-1]

    yield make
    if made:
        remove(made[0])
