"""The volume of an application, as snapshots see it: which files are whose."""

from __future__ import annotations

import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
    from components.foundation.jobkit.sets import OpenSet
    from components.stores.volumes.jobs.config import VolumeJobConfig

ENGINES = ("lancedb", "sqlite")
STAGING = ".ballast-restore"
"""Folder on the volume in which a restore gathers files before they get their places."""

FOREIGN = frozenset({STAGING, "lost+found"})
"""What lies on a volume and belongs to no application."""


@dataclass(frozen=True)
class Volume:
    """One volume.

    Attributes:
        engine: lancedb or sqlite.
        root: where it is mounted.
    """

    engine: str
    root: Path

    @classmethod
    def of(cls, config: VolumeJobConfig) -> Volume:
        """Return the volume that a job is told of.

        Raises:
            JobError: the engine is unknown, or nothing is mounted there.
        """
        engine, root = config.engine, Path(config.path)
        if engine not in ENGINES:
            raise JobError(f"config.json: engine is {engine!r}; it must be one of {', '.join(ENGINES)}.")
        if not root.is_absolute() or not root.is_dir():
            raise JobError(f"{root}: is no folder. The job's pod must mount the volume there.")
        return cls(engine, root)

    def entries(self) -> list[str]:
        """Return the sorted names of what an application has at the top."""
        return sorted(path.name for path in self.root.iterdir() if path.name not in FOREIGN)

    def files(self, folder: Path | None = None) -> list[Path]:
        """Return all regular files of the application, sorted; links and sockets are no data of an engine."""
        found = []
        for name in sorted((folder or self.root).iterdir()):
            if folder is None and name.name in FOREIGN:
                continue
            try:
                mode = name.lstat().st_mode
            except FileNotFoundError:
                continue
            if stat.S_ISDIR(mode):
                found += self.files(name)
            elif stat.S_ISREG(mode):
                found.append(name)
        return found

    def name(self, path: Path) -> str:
        """Return a path as it is named in a set."""
        return f"volume/{path.relative_to(self.root).as_posix()}"

    def copy(self, path: Path, new: OpenSet) -> None:
        """Put a file of no engine into a set, unless the application has deleted it meanwhile."""
        try:
            source = path.open("rb")
        except FileNotFoundError:
            sys.stdout.write(f"left       {self.name(path)}: it was deleted meanwhile\n")
            return
        with source:
            new.put(self.name(path), source)
