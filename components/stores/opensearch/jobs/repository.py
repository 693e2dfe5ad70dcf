"""The snapshots of a repository, and which of them can be relied on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.client import segment
from components.foundation.jobkit.errors import JobError, RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.client import Client

SUCCESS = "SUCCESS"
RUNNING = "IN_PROGRESS"


@dataclass(frozen=True)
class Stored:
    """A snapshot as the repository lists it.

    Attributes:
        name: of the snapshot.
        state: SUCCESS, PARTIAL, FAILED or IN_PROGRESS.
        indexes: what is in it.
        began: when it began; what was written until then is in it.
        ended: when it ended, or began while it still runs.
        failed_shards: shards that are not in it.
    """

    name: str
    state: str
    indexes: tuple[str, ...]
    began: datetime
    ended: datetime
    failed_shards: int

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Stored:
        """Return what an entry of the listing says."""
        began = body["start_time_in_millis"]
        return cls(
            body["snapshot"],
            body["state"],
            tuple(body["indices"]),
            _moment(began),
            _moment(body.get("end_time_in_millis") or began),
            (body.get("shards") or {}).get("failed", 0),
        )

    @property
    def is_good(self) -> bool:
        """Whether everything that it was to hold is in it."""
        return self.state == SUCCESS and not self.failed_shards


@dataclass(frozen=True)
class Repository:
    """One repository, seen through one cluster."""

    search: Client
    name: str

    def verify(self) -> None:
        """Make sure that every node can reach it.

        Raises:
            JobError: one can't, or there is no such repository.
        """
        try:
            self.search.request("POST", f"{self._path}/_verify")
        except RequestError as error:
            raise JobError(
                f"repository {self.name} can't be used by every node ({error.reason}). "
                "Look at its bucket or folder, its address and the nodes' rights on it."
            ) from None

    def snapshots(self) -> list[Stored]:
        """Return all snapshots, newest first.

        Raises:
            JobError: the repository can't be read.
        """
        try:
            found = self.search.request("GET", f"{self._path}/_all?ignore_unavailable=true").body["snapshots"]
        except RequestError as error:
            raise JobError(f"repository {self.name} can't be read ({error.reason}).") from None
        return sorted(map(Stored.read, found), key=lambda snapshot: snapshot.began, reverse=True)

    def size(self, snapshot: str) -> int:
        """Return the bytes of all files that a snapshot refers to, those that it shares with others included."""
        found = self.search.request("GET", f"{self._path}/{segment(snapshot)}/_status").body
        return found["snapshots"][0]["stats"]["total"]["size_in_bytes"]

    def take(self, name: str, indexes: str) -> None:
        """Take a snapshot and wait for its end; no global state, which can't be restored beside a living one.

        Raises:
            JobError: the cluster refused it; what became of a begun one says its state.
        """
        path = f"{self._path}/{segment(name)}?wait_for_completion=true"
        self.search.request("PUT", path, {"indices": indexes, "include_global_state": False})

    def restore(self, snapshot: str, order: Mapping[str, Any]) -> None:
        """Begin to restore."""
        self.search.request("POST", f"{self._path}/{segment(snapshot)}/_restore", order)

    @property
    def _path(self) -> str:
        return f"/_snapshot/{segment(self.name)}"


def newest_good(snapshots: list[Stored]) -> Stored | None:
    """Return the newest snapshot that is whole in itself, or None."""
    return next((snapshot for snapshot in snapshots if snapshot.is_good), None)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
