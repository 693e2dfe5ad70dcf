"""What a local cluster remembers between commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from toolchain import processes
from toolchain.cluster_access import write_private

if TYPE_CHECKING:
    from pathlib import Path


class State:
    """Port, zones, furniture and processes of one cluster, written to its file at every change.

    A file that can't be read counts as an empty one: everything in it can be found out anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def _write(self, **changes: object) -> None:
        write_private(self._path, json.dumps(self._read() | changes, indent=2) + "\n")

    @property
    def port(self) -> int | None:
        """The API server's port at its last start."""
        return self._read().get("port")

    @port.setter
    def port(self, value: int) -> None:
        self._write(port=value)

    @property
    def zones(self) -> list[str]:
        """The zones the nodes are labelled with."""
        return self._read().get("zones", [])

    @zones.setter
    def zones(self, value: list[str]) -> None:
        self._write(zones=value)

    @property
    def furnished(self) -> str:
        """Which set of custom resource definitions the cluster was furnished with; empty: not yet."""
        return self._read().get("furnished", "")

    @furnished.setter
    def furnished(self, value: str) -> None:
        self._write(furnished=value)

    def started(self, part: str, pid: int) -> None:
        """Remember a process together with what tells it from a later one of the same pid."""
        known = self._read().get("processes", {})
        self._write(processes=known | {part: {"pid": pid, "identity": processes.identity(pid)}})

    def running(self, part: str) -> int | None:
        """The pid of a part, or None when it does not run."""
        entry = self._read().get("processes", {}).get(part)
        if not entry or entry["identity"] is None or processes.identity(entry["pid"]) != entry["identity"]:
            return None
        return entry["pid"]

    def stop(self, part: str, patience: float) -> None:
        """End a part, if it runs; see `processes.stop`."""
        if pid := self.running(part):
            processes.stop(pid, self._read()["processes"][part]["identity"], patience)
