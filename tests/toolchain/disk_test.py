"""The check for room before a build."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from toolchain.disk import require_room
from toolchain.errors import ToolchainError
from toolchain.recipes import RECIPES

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = list(RECIPES.values())
GB = 10**9


def disk(free: int) -> os.statvfs_result:
    # f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree, f_favail, f_flag, f_namemax
    return os.statvfs_result((4096, 1, free, free, free, 0, 0, 0, 0, 255))


def test_a_disk_with_room_passes_without_a_word(tmp_path: Path) -> None:
    asked: list[Path] = []

    def roomy(path: Path) -> os.statvfs_result:
        asked.append(path)
        return disk(30 * GB)

    require_room(EVERYTHING, tmp_path, [tmp_path], roomy)
    assert asked == [tmp_path]


def test_too_little_room_is_told_with_need_and_have(tmp_path: Path) -> None:
    need = sum(recipe.disk for recipe in EVERYTHING) / GB
    with pytest.raises(ToolchainError, match=rf"3\.0 GB free.*up to {need:.1f} GB") as caught:
        require_room(EVERYTHING, tmp_path, [tmp_path], lambda _: disk(3 * GB))
    assert "go clean -cache" in str(caught.value)


def test_the_need_shrinks_with_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError):
        require_room(EVERYTHING, tmp_path, [tmp_path], lambda _: disk(1 * GB))
    require_room([RECIPES["kubectl"]], tmp_path, [tmp_path], lambda _: disk(1 * GB))


def test_a_folder_that_does_not_exist_yet_is_judged_by_its_parent(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match=f"file system of {tmp_path} "):
        require_room(EVERYTHING, tmp_path / "a" / "b", [tmp_path / "c"], lambda _: disk(0))
