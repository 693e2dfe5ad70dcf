"""A container's log as the kubelet and containerd keep it on a node: written, split, rotated and compressed."""

from __future__ import annotations

import gzip
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SPLIT = 16 * 1024
"""Bytes after which containerd goes on in a line of its own, marked P (partial)."""

UID = "0f2b7c1e-1111-4222-8333-444455556666"


class ContainerLog:
    """The log of the container `web` of a pod in the namespace `shop`.

    Args:
        pods: the node's folder of logs.
        pod: its name.
        rotations: how many rotated files are kept; the kubelet's default is four beside the open one.
    """

    def __init__(self, pods: Path, pod: str = "shop-1", rotations: int = 4) -> None:
        self.folder = pods / f"shop_{pod}_{UID}" / "web"
        self.folder.mkdir(parents=True)
        self.open = self.folder / "0.log"
        self._rotations = rotations
        self._second = 0

    def write(self, lines: Iterable[str]) -> None:
        with self.open.open("a") as file:
            file.writelines(_written(line) for line in lines)

    def rotate(self) -> None:
        """Compress what was rotated before, rename the open file and begin another one."""
        for earlier in sorted(self.folder.glob("0.log.????????-??????")):
            _compress(earlier)
        self._second += 1
        stamp = datetime.fromtimestamp(1_790_000_000 + self._second, UTC).strftime("%Y%m%d-%H%M%S")
        self.open.rename(self.folder / f"0.log.{stamp}")
        self.open.touch()
        rotated = sorted(one for one in self.folder.iterdir() if one != self.open)
        for oldest in rotated[: -self._rotations]:
            oldest.unlink()


def _compress(file: Path) -> None:
    half = file.with_name(f"{file.name}.tmp")
    half.write_bytes(gzip.compress(file.read_bytes()))
    held = file.stat()
    os.utime(half, (held.st_atime, held.st_mtime))
    half.rename(file.with_name(f"{file.name}.gz"))
    file.unlink()


def _written(line: str) -> str:
    now = time.time_ns()
    moment = datetime.fromtimestamp(now // 1_000_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    head = f"{moment}.{now % 1_000_000_000:09d}Z stdout"
    parts = [line[at : at + SPLIT] for at in range(0, len(line), SPLIT)] or [""]
    return "".join(f"{head} {'F' if part is parts[-1] else 'P'} {part}\n" for part in parts)
