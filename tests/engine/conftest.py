"""Real stack files on the real engine and a local cluster."""

from __future__ import annotations

import pytest

from tests.harness.cluster import copy_project, need_programs
from tests.harness.project import Stack, remove
from toolchain.engine import Engine
from toolchain.recipes import ENGINE


@pytest.fixture(scope="module")
def stacks(local_cluster, tmp_path_factory):
    """Makes stacks from real stack files; what they leave behind is deleted after the module."""
    need_programs(*ENGINE)
    made = []

    def make(name, original=""):
        folder = tmp_path_factory.mktemp(name)
        project = copy_project(folder / "project")
        made.append(Stack(name, project, Engine(folder / "engine", project), local_cluster, original).create())
        return made[-1]

    yield make
    if made:
        remove(made[0])
