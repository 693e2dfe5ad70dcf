"""What a complete set of files says of itself: the last file that is written of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.archive import Stored

if TYPE_CHECKING:
    from collections.abc import Mapping

SETS = "sets"
"""The folder of the archive in which sets lie."""


@dataclass(frozen=True)
class Manifest:
    """A complete set.

    Attributes:
        id: its name; the ids of `identifier` sort by time.
        begun: when the first file was begun: what was written before is in the set.
        finished: when the manifest was written.
        files: size and hash of each file by its path inside the set.
        details: what the job noted: engine, version, counts.
    """

    id: str
    begun: datetime
    finished: datetime
    files: Mapping[str, Stored]
    details: Mapping[str, Any]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files.values())

    def path(self, file: str) -> str:
        """Return where in the archive a file of the set lies."""
        return f"{SETS}/{self.id}/{file}"

    def written(self) -> bytes:
        """Return the content of `manifest.json`."""
        tree = {
            "begun": self.begun.isoformat(),
            "finished": self.finished.isoformat(),
            "files": {path: {"size": file.size, "sha256": file.sha256} for path, file in self.files.items()},
            "details": self.details,
        }
        return json.dumps(tree, indent=1).encode()

    @classmethod
    def parsed(cls, name: str, raw: bytes) -> Manifest:
        """Return what the content of `manifest.json` says.

        Raises:
            ValueError: it is damaged.
        """
        try:
            tree = json.loads(raw)
            files = {path: Stored(file["size"], file["sha256"]) for path, file in tree["files"].items()}
            begun, finished = (datetime.fromisoformat(tree[key]) for key in ("begun", "finished"))
            return cls(name, begun, finished, files, tree["details"])
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"manifest of {name}: {error}") from None
