"""Where each program is: on PATH in a fitting version, or in the cache folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from toolchain.builder import build, folder_of
from toolchain.errors import ToolchainError
from toolchain.progress import say
from toolchain.recipes import KUBERNETES_PROVIDER_VERSION, KUBERNETES_VERSION, RECIPES

if TYPE_CHECKING:
    from collections.abc import Iterable

_PULUMI_OLDEST = (3, 250)
_PULUMI_TOO_NEW = (4, 0)
_HOST = "pulumi-language-python"


def _output(*command: str) -> str:
    try:
        result = subprocess.run(  # noqa: S603 - a program found on PATH, asked for its version
            command, capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return result.stdout if result.returncode == 0 else ""


def _minor(version: str) -> tuple[int, int] | None:
    found = re.match(r"v?(\d+)\.(\d+)", version.strip())
    return (int(found[1]), int(found[2])) if found else None


@cache
def _pulumi_on_path(path: str) -> Path | None:
    """A Pulumi of a fitting version that has its Python host beside it, as the official installation has."""
    program = shutil.which("pulumi", path=path)
    if not program or not (Path(program).resolve().parent / _HOST).exists():
        return None
    version = _minor(_output(program, "version"))
    return Path(program) if version and _PULUMI_OLDEST <= version < _PULUMI_TOO_NEW else None


@cache
def _kubectl_on_path(path: str) -> Path | None:
    """A kubectl within one minor version of the API server: the skew that Kubernetes supports."""
    program = shutil.which("kubectl", path=path)
    if not program:
        return None
    try:
        version = json.loads(_output(program, "version", "--client", "-o", "json"))["clientVersion"]["gitVersion"]
    except (ValueError, KeyError):
        return None
    ours, theirs = _minor(KUBERNETES_VERSION), _minor(version)
    fits = ours and theirs and theirs[0] == ours[0] and abs(theirs[1] - ours[1]) <= 1
    return Path(program) if fits else None


def _installed_provider() -> Path | None:
    """The Kubernetes provider that the official Pulumi CLI downloaded for this user, if it is the pinned version."""
    folder = Path.home() / ".pulumi" / "plugins" / f"resource-kubernetes-v{KUBERNETES_PROVIDER_VERSION}"
    program = folder / "pulumi-resource-kubernetes"
    partial = folder.with_name(folder.name + ".partial")
    return program if os.access(program, os.X_OK) and not partial.exists() else None


def given(name: str) -> Path | None:
    """The program as the machine already has it, where that is good enough; else None."""
    path = os.environ.get("PATH", "")
    if name == "kubectl":
        return _kubectl_on_path(path)
    if name == "pulumi-resource-kubernetes":
        return _installed_provider()
    pulumi = _pulumi_on_path(path) if name in {"pulumi", _HOST} else None
    return pulumi.resolve().parent / _HOST if pulumi and name == _HOST else pulumi


def find(name: str) -> Path | None:
    """The path of a program, or None when it has to be built. `crds` is a folder, everything else a file."""
    if found := given(name):
        return found
    folder = folder_of(RECIPES[name])
    if not folder.exists():
        return None
    return folder / name if RECIPES[name].package else folder


def require(name: str) -> Path:
    """The path of a program.

    Raises:
        ToolchainError: it is not there; the message names the command that builds it.
    """
    if found := find(name):
        return found
    raise ToolchainError(f"{name} is not built yet. `python3 -m toolchain build --only {name}` builds it.")


def provide(names: Iterable[str]) -> None:
    """Build those of the named programs that the machine lacks.

    Raises:
        ToolchainError: a name is unknown, or a build failed.
    """
    wanted = list(names)
    if unknown := [name for name in wanted if name not in RECIPES]:
        raise ToolchainError(f"unknown program {', '.join(unknown)}; known are: {', '.join(RECIPES)}")
    for name in wanted:
        if found := given(name):
            say(f"{name}: using {found}")
    build(RECIPES[name] for name in wanted if not given(name))
