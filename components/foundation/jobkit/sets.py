"""Snapshots as sets of files in an archive: `sets/<id>/...` with `manifest.json` written last.

A set counts only once its manifest exists, so a job that was killed leaves nothing that could be restored by mistake.

    sets = SnapshotSets(archive)
    new = sets.begin(identifier(now))             # writes begun.json: an abandoned set can be told by it
    new.put("collections/a.jsonl.gz", source)
    manifest = new.finish({"engine": "sqlite", "counts": {"a": 3}})
    sets.prune(retention_seconds=..., count=..., now=now, check=lock.check)
    sets.verify(sets.latest())                    # before anything is restored
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

from components.foundation.jobkit.archive import BLOCK, Stored
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.manifest import SETS, Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from components.foundation.jobkit.archive import Archive

BEGUN = "begun.json"
MANIFEST = "manifest.json"
ABANDONED = timedelta(days=1)
"""A set that has no manifest after so long belongs to a job that was killed."""

SHOWN = 5
"""Names that a message lists."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass
class OpenSet:
    """A set that is being written."""

    archive: Archive
    id: str
    begun: datetime
    files: dict[str, Stored] = field(default_factory=dict)

    def put(self, path: str, source: BinaryIO) -> Stored:
        """Add a file.

        Raises:
            JobError: the set has one of that path, or the archive refused.
        """
        if path in self.files or path in (BEGUN, MANIFEST):
            raise JobError(f"set {self.id} has a file {path} already.")
        self.files[path] = self.archive.put(f"{SETS}/{self.id}/{path}", source)
        return self.files[path]

    def drop(self, folder: str) -> None:
        """Take back the files of a folder of the set, to write them again."""
        self.archive.delete(f"{SETS}/{self.id}/{folder}")
        self.files = {path: stored for path, stored in self.files.items() if not path.startswith(f"{folder}/")}

    def abandon(self) -> None:
        """Delete what was written, after a failure: it would fill the archive and help nobody."""
        self.archive.delete(f"{SETS}/{self.id}")

    def finish(self, details: Mapping[str, Any]) -> Manifest:
        """Write the manifest, which makes the set complete."""
        manifest = Manifest(self.id, self.begun, datetime.now(tz=UTC), dict(self.files), details)
        self.archive.write(manifest.path(MANIFEST), manifest.written())
        return manifest


@dataclass(frozen=True)
class SnapshotSets:
    """All sets of one archive."""

    archive: Archive

    def begin(self, name: str) -> OpenSet:
        """Begin a set.

        Raises:
            JobError: there is one of that name, or it is no name.
        """
        if not _ID.fullmatch(name):
            raise JobError(f"{name!r} is no name of a snapshot: letters, digits, dots, dashes and underscores.")
        if self.archive.names(f"{SETS}/{name}"):
            raise JobError(f"a snapshot {name} exists already. Run the job again for one of another name.")
        begun = datetime.now(tz=UTC)
        self.archive.write(f"{SETS}/{name}/{BEGUN}", json.dumps({"begun": begun.isoformat()}).encode())
        return OpenSet(self.archive, name, begun)

    def complete(self) -> list[Manifest]:
        """Return all complete sets, newest first; one whose manifest is damaged is none of them."""
        found = [self._manifest(name) for name, files in self._listed().items() if MANIFEST in files]
        return sorted((one for one in found if one is not None), key=lambda one: (one.begun, one.id), reverse=True)

    def latest(self) -> Manifest:
        """Return the newest complete set.

        Raises:
            JobError: there is none.
        """
        complete = self.complete()
        if not complete:
            raise JobError("the archive holds no complete snapshot; there is nothing to restore.")
        return complete[0]

    def named(self, name: str) -> Manifest:
        """Return a complete set.

        Raises:
            JobError: there is none of that name, or it is half-written or damaged; says which there are.
        """
        files = self._listed().get(name)
        manifest = self._manifest(name) if files and MANIFEST in files else None
        if manifest is not None:
            return manifest
        what = "does not exist"
        if files:
            what = "has a damaged manifest" if MANIFEST in files else "is half-written: its job ended too early"
        choice = _some([one.id for one in self.complete()]) or "none"
        raise JobError(f"snapshot {name} {what}. Nothing was changed. Complete ones: {choice}.")

    def damage(self, manifest: Manifest, files: Iterable[str]) -> dict[str, str]:
        """Read files of a set and return what is wrong with those that are not as they were written, by path."""
        there, bad = set(self.archive.names(f"{SETS}/{manifest.id}")), {}
        for file in files:
            if manifest.path(file) not in there:
                bad[file] = f"{file} is missing"
            elif file not in manifest.files or self._measured(manifest.path(file)) != manifest.files[file]:
                bad[file] = f"{file} is not as it was written"
        return bad

    def verify(self, manifest: Manifest) -> None:
        """Read every file and compare its size and hash.

        Raises:
            JobError: names the files that are missing or not as they were written.
        """
        if bad := self.damage(manifest, manifest.files):
            raise damaged(manifest, bad.values())

    def prune(
        self, *, retention_seconds: float, count: int, now: datetime, check: Callable[[], None] = lambda: None
    ) -> list[str]:
        """Delete what is past its time and return the names; never the newest complete set, nor without one.

        A complete set goes when it is older than the retention and not among the newest `count`; one without a
        manifest when it is a day old and a newer complete one exists. Whatever else lies there is left alone.

        Args:
            retention_seconds: how long a set must be there to choose.
            count: how many stay however old they are; at least one does.
            now: the time against which ages are measured.
            check: called before each deletion; raises when the lock was lost.
        """
        complete = self.complete()
        if not complete:
            return []
        oldest = now - timedelta(seconds=retention_seconds)
        gone = [one.id for one in complete[max(count, 1) :] if one.finished < oldest]
        gone += [
            name
            for name, files in self._listed().items()
            if MANIFEST not in files and BEGUN in files and self._abandoned(name, now, complete[0])
        ]
        for name in gone:
            check()
            # First of all it stops being complete: a deletion that is interrupted must not leave half a set to restore.
            self.archive.delete(f"{SETS}/{name}/{MANIFEST}")
            self.archive.delete(f"{SETS}/{name}")
        return gone

    def _abandoned(self, name: str, now: datetime, newest: Manifest) -> bool:
        try:
            begun = datetime.fromisoformat(json.loads(self.archive.read(f"{SETS}/{name}/{BEGUN}"))["begun"])
        except (ValueError, KeyError, TypeError):
            return False
        return now - begun > ABANDONED and begun < newest.begun

    def _listed(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for path in self.archive.names(SETS):
            _, name, file = path.split("/", 2)
            found.setdefault(name, set()).add(file)
        return found

    def _manifest(self, name: str) -> Manifest | None:
        try:
            return Manifest.parsed(name, self.archive.read(f"{SETS}/{name}/{MANIFEST}"))
        except ValueError:
            return None

    def _measured(self, path: str) -> Stored:
        digest, size = hashlib.sha256(), 0
        with self.archive.open(path) as file:
            while block := file.read(BLOCK):
                digest.update(block)
                size += len(block)
        return Stored(size, digest.hexdigest())


def damaged(manifest: Manifest, problems: Iterable[str]) -> JobError:
    """Return the error about a set that can't be restored."""
    said = _some(list(problems))
    return JobError(f"snapshot {manifest.id} is damaged: {said}. Nothing was changed. Choose another one.")


def identifier(now: datetime) -> str:
    """Return the name of a set that begins now; in UTC, so that names sort by time everywhere."""
    return now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _some(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
