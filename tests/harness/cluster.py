"""Fixtures for tests that need the real engine or a real API server."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from toolchain import toolbox
from toolchain.cluster import Cluster
from toolchain.engine import Engine
from toolchain.paths import CHECKOUT
from toolchain.recipes import CLUSTER, ENGINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# What the program consists of; a copy of the project for one test holds these and nothing else.
_PROGRAM = ("__main__.py", "components", "Pulumi.yaml")


def need_programs(*names: str) -> None:
    """Skip the calling test when a program is not built, or fail it where nothing may be skipped (`make test`)."""
    missing = [name for name in names if toolbox.find(name) is None]
    if not missing:
        return
    message = f"not built: {', '.join(missing)}; `python3 -m toolchain build` builds what is missing"
    if os.environ.get("BALLAST_REQUIRE") == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def copy_project(target: Path) -> Path:
    """A copy of the project with all stack files, on the checkout's packages; returns its folder."""
    target.mkdir(parents=True)
    stacks = [path.name for path in CHECKOUT.glob("Pulumi.*.yaml")]
    for name in (*_PROGRAM, *stacks):
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copyfile(source, target / name)
    link_packages(target)
    return target


def link_packages(project: Path) -> None:
    """Let a project in a temporary folder use the checkout's virtual environment."""
    (project / ".venv").symlink_to(CHECKOUT / ".venv")


@pytest.fixture(scope="session")
def local_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A local cluster of the tests' own, started once per session and deleted at its end."""
    need_programs(*CLUSTER)
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    cluster.start()
    yield cluster
    cluster.delete()


@pytest.fixture
def engine_factory(tmp_path: Path) -> Callable[[Path], Engine]:
    """Makes an engine with a state of its own for a project folder."""
    need_programs(*ENGINE)

    def make(project: Path) -> Engine:
        return Engine(tmp_path / f"engine-{project.name}", project)

    return make


@pytest.fixture
def engine(engine_factory: Callable[[Path], Engine], tmp_path: Path) -> Engine:
    """An engine on a copy of this project, with a state of its own."""
    return engine_factory(copy_project(tmp_path / "project"))
