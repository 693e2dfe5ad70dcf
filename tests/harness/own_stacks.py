"""Stacks of a test's own on a local cluster, each with an engine and a copy of the project of its own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.harness.cluster import copy_project, need_programs
from tests.harness.hasty_engine import HastyEngine
from tests.harness.project import Stack, remove
from toolchain.recipes import ENGINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from toolchain.cluster import Cluster


@contextmanager
def own_stacks(cluster: Cluster, folders: pytest.TempPathFactory) -> Iterator[Callable[..., Stack]]:
    """Give a maker of stacks from real stack files; what they leave behind is deleted at the end."""
    need_programs(*ENGINE)
    made = []

    def make(name: str, original: str = "") -> Stack:
        folder = folders.mktemp(name)
        project = copy_project(folder / "project")
        made.append(Stack(name, project, HastyEngine(folder / "engine", project), cluster, original).create())
        return made[-1]

    yield make
    if made:
        remove(made[0])
