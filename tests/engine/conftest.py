"""Real stack files on the real engine and a local cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.cluster import copy_project, need_programs
from tests.harness.project import Stack, remove
from toolchain.engine import Engine
from toolchain.recipes import ENGINE

STANDING = {
    # The record of a bootstrap is written on a cluster that was never founded.
    "dev": ("founding_test", "lifecycle_test"),
}
"""Files whose tests share one stack that was brought up once, in the order in which they change it."""


@pytest.hookimpl(tryfirst=True)  # before other files get a group each
def pytest_collection_modifyitems(items):
    """Bring the files of a standing stack into one worker, in their order."""
    here = Path(__file__).parent
    places = {here / f"{file}.py": (name, n) for name, files in STANDING.items() for n, file in enumerate(files)}
    for item in items:
        if item.path in places:
            item.add_marker(pytest.mark.xdist_group(f"engine/{places[item.path][0]}"))
    items.sort(key=lambda item: places.get(item.path, ("", 0)))


class Standing:
    """The stack that is up on the cluster of this worker; there is room for one."""

    def __init__(self, make):
        self.make = make
        self.stack = None

    def up(self, name):
        if self.stack is None or self.stack.name != name:
            self.end()
            self.stack = self.make(name)
            self.stack.up()
        return self.stack

    def end(self):
        if self.stack is not None:
            remove(self.stack)
        self.stack = None


@pytest.fixture(scope="session")
def make_stack(local_cluster, tmp_path_factory):
    """Makes a stack from a real stack file, with an engine of its own."""
    need_programs(*ENGINE)

    def make(name):
        folder = tmp_path_factory.mktemp(name)
        project = copy_project(folder / "project")
        return Stack(name, project, Engine(folder / "engine", project), local_cluster).create()

    return make


@pytest.fixture(scope="session")
def standing(make_stack):
    """A stack of a name that is up: the one of the tests before, or a new one."""
    standing = Standing(make_stack)
    yield standing
    standing.end()


@pytest.fixture(scope="module")
def stacks(make_stack, standing):
    """Makes stacks from real stack files; what they leave behind is deleted after the module."""
    standing.end()
    made = []

    def make(name):
        made.append(make_stack(name))
        return made[-1]

    yield make
    if made:
        remove(made[0])
