"""LanceDB tables on a volume, copied at one of their versions while an application writes.

A table is a folder `<name>.lance`. Its files are written once and never changed; a version exists when its manifest in
`_versions` does. So the manifests are listed first and everything else after them: what these manifests need is in the
second list, and a version that comes later is not in the first. The copy opens at the newest version of the beginning.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
    from pathlib import Path

    from components.foundation.jobkit.sets import OpenSet
    from components.stores.volumes.jobs.volume import Volume

TABLE = ".lance"
VERSIONS = "_versions"
HINT = "latest_version_hint.json"
"""Names the newest version and is rewritten with each; a table without it opens at the newest manifest."""

ATTEMPTS = 5
"""A table that loses files under our hands is being cleaned up; that takes seconds and happens rarely."""

_UNFINISHED = re.compile(r"(^\.tmp)|(#\d+$)")
"""Names under which files are written before they have their own."""


class _VanishedError(Exception):
    """A file that was listed is gone."""


def snapshot(volume: Volume, new: OpenSet) -> dict[str, int]:
    """Write every table at one version and other files as they are; return the number of files by table.

    Raises:
        JobError: a table kept losing files.
    """
    counts: dict[str, int] = {}
    tables = sorted({table for path in volume.files() if (table := _table(volume, path)) is not None})
    for table in tables:
        counts[table.relative_to(volume.root).as_posix()] = _retried(volume, table, new)
    for path in volume.files():
        if _table(volume, path) is None and not _UNFINISHED.search(path.name):
            volume.copy(path, new)
    return counts


def files_of(volume: Volume, table: str) -> int:
    """Return the number of files of a table that a restore has put there."""
    return len(volume.files(volume.root / table))


def _retried(volume: Volume, table: Path, new: OpenSet) -> int:
    name = volume.name(table)
    trouble = ""
    for _ in range(ATTEMPTS):
        try:
            return _copied(volume, table, new)
        except (_VanishedError, FileNotFoundError) as error:
            trouble = str(error)
            sys.stdout.write(f"again      table {name}: {trouble}\n")
            new.drop(name)
    raise JobError(
        f"table {name} lost files during each of {ATTEMPTS} attempts; the last: {trouble}. Let its clean-up keep "
        "versions for at least as long as a snapshot takes."
    )


def _copied(volume: Volume, table: Path, new: OpenSet) -> int:
    manifests = [path for path in _listed(volume, table) if path.parent.name == VERSIONS]
    others = [path for path in _listed(volume, table) if path.parent.name != VERSIONS]
    for path in (*others, *manifests):
        with path.open("rb") as source:
            new.put(volume.name(path), source)
    # A clean-up that began meanwhile may have taken what an old version needs before we came to it.
    gone = {*others, *manifests} - set(_listed(volume, table))
    if gone:
        raise _VanishedError(f"{len(gone)} files were cleaned up meanwhile")
    return len(others) + len(manifests)


def _listed(volume: Volume, table: Path) -> list[Path]:
    return [path for path in volume.files(table) if path.name != HINT and not _UNFINISHED.search(path.name)]


def _table(volume: Volume, path: Path) -> Path | None:
    """Return the folder of the table to which a file belongs."""
    inner = path.relative_to(volume.root).parents
    names = [part for part in inner if part.name.endswith(TABLE)]
    return volume.root / names[-1] if names else None
