"""Is there room for a build?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from toolchain.errors import ToolchainError

if TYPE_CHECKING:
    from toolchain.recipes import Recipe

_GB = 10**9
# Modules and build cache measured 95 % of what a build takes, its result 5 %.
_RESULT_SHARE = 0.05

Statvfs = Callable[[Path], os.statvfs_result]


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path


def require_room(
    recipes: Iterable[Recipe],
    results: Path,
    go_caches: Iterable[Path],
    statvfs: Statvfs = os.statvfs,
) -> None:
    """Refuse to start a build that would fill the disk.

    Args:
        recipes: what is going to be built.
        results: folder of the built programs.
        go_caches: Go's module cache and build cache; the first counts for all of them when they share a disk.
        statvfs: how to ask a folder for its file system's free space.

    Raises:
        ToolchainError: a file system has less free space than the builds need.
    """
    total = sum(recipe.disk for recipe in recipes)
    caches = [_existing(path) for path in go_caches]
    needs: dict[int, tuple[Path, float]] = {}
    # Which of Go's two caches takes how much of the room is not worth a promise: each disk must bear all of it.
    shares = [(_existing(results), total * _RESULT_SHARE)]
    seen: set[int] = set()
    for path in caches:
        if (device := path.stat().st_dev) not in seen:
            seen.add(device)
            shares.append((path, total * (1 - _RESULT_SHARE)))
    for path, share in shares:
        device = path.stat().st_dev
        first, so_far = needs.get(device, (path, 0.0))
        needs[device] = (first, so_far + share)
    for path, need in needs.values():
        stat = statvfs(path)
        have = stat.f_bavail * stat.f_frsize
        if have < need:
            raise ToolchainError(
                f"not enough disk space to build: the file system of {path} has {have / _GB:.1f} GB free, "
                f"building what is missing takes up to {need / _GB:.1f} GB (Go's module and build caches included).\n"
                "Free some space (`go clean -cache -modcache` empties Go's caches), or set GOCACHE, GOMODCACHE "
                "and XDG_CACHE_HOME to folders on a larger disk, then run the command again."
            )
