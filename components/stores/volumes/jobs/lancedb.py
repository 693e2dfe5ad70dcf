"""LanceDB tables on a volume, copied at one of their versions while an application writes.

A table is a folder with versions: `<name>.lance`, a name of its own for one in a namespace, and `__manifest`, the table
in which a database keeps which tables its namespaces have. That one is copied first: each table that it names is there
when the others are listed. Its files are written once and never changed; a version exists when its manifest in
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
RESERVED = ".lance-reserved"
"""Lies in the folder of a table in a namespace before the first version does."""

REGISTER = "__manifest"
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
        JobError: a table kept losing files, or files of the format belong to no table that is known here.
    """
    counts: dict[str, int] = {}
    for of_register in (True, False):
        for table in sorted(_tables(volume)):
            if (table.name == REGISTER) is of_register:
                counts[table.relative_to(volume.root).as_posix()] = _retried(volume, table, new)
    tables = _tables(volume)
    others = [path for path in volume.files() if not tables & set(path.parents) and not _UNFINISHED.search(path.name)]
    strange = [path for path in others if path.suffix == TABLE]
    if strange:
        raise JobError(
            f"{volume.name(strange[0])} is a file of LanceDB in no table that is known here ({len(strange)} such), "
            "so it can't be copied at one version. Take a snapshot with a newer release of this platform, and keep "
            "another copy until then."
        )
    for path in others:
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


def _tables(volume: Volume) -> set[Path]:
    """Return the folders of all tables: of folders in each other the outermost, because a branch has versions too."""
    files = volume.files()
    marked = {path.parent.parent for path in files if path.parent.name == VERSIONS}
    marked |= {path.parent for path in files if path.name == RESERVED}
    marked |= {folder for path in files for folder in path.parents if folder.name.endswith(TABLE)}
    within = {folder for folder in marked if volume.root in folder.parents}
    return {folder for folder in within if not within & set(folder.parents)}
