"""One lock for each store: two jobs that move its nodes or shards never run at once."""

from __future__ import annotations

import contextlib
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.client import CONFLICT, segment
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.waiting import NotYetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.foundation.jobkit.kubernetes import Kubernetes
    from components.foundation.jobkit.waiting import Deadline

SECONDS = 60
"""After so many seconds without a sign of life a holder counts as dead: four renewals may be lost."""

TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass
class Lock:
    """A Lease of the Kubernetes API.

    Attributes:
        kubernetes: the API server.
        namespace: where the Lease lies.
        name: its name, the same for all jobs that must not meet.
        holder: who we are; equal names are taken for one holder, so it is the pod's name.
        seconds: how long a holder counts as alive after its last renewal.
        inherited: whether the last holder never gave it back: it was killed, and may have left something undone.
    """

    kubernetes: Kubernetes
    namespace: str
    name: str
    holder: str
    seconds: int = SECONDS
    inherited: bool = field(default=False, init=False)
    _lost: str = field(default="", init=False)
    _ended: threading.Event = field(default_factory=threading.Event, init=False)

    @contextlib.contextmanager
    def held(self, deadline: Deadline) -> Iterator[Lock]:
        """Hold the lock for the length of a block; wait for another holder to end or to fall silent.

        Raises:
            JobError: another one held it until the deadline; names the holder.
        """
        deadline.wait(f"the lock {self.namespace}/{self.name}", self._take)
        self._lost = ""
        self._ended.clear()
        renewal = threading.Thread(target=self._renew, daemon=True)
        renewal.start()
        try:
            yield self
        finally:
            self._ended.set()
            renewal.join()
            self._release()

    def check(self) -> None:
        """Make sure that the lock is still ours, before a step that can't be taken back.

        Raises:
            JobError: it was lost.
        """
        if self._lost:
            raise JobError(f"the lock {self.namespace}/{self.name} was lost ({self._lost}). Nothing more was done.")

    def _take(self) -> None:
        lease = self.kubernetes.client.get(self._path)
        if lease is None:
            body = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": self.name}}
            folder = self._path.rpartition("/")[0]
            answer = self.kubernetes.client.request(
                "POST", folder, {**body, "spec": self._claim(self.holder)}, accept={CONFLICT}
            )
            if answer.status == CONFLICT:
                raise NotYetError("another job was faster")
            self.inherited = False
            return
        spec = lease.get("spec") or {}
        holder = spec.get("holderIdentity")
        if holder and holder != self.holder and not _is_silent(spec):
            raise NotYetError(f"{holder} holds it")
        if not self._write(lease, self.holder):
            raise NotYetError("another job was faster")
        self.inherited = bool(holder)

    def _renew(self) -> None:
        silent_since = datetime.now(tz=UTC)
        while not self._ended.wait(self.seconds / 6):
            try:
                lease = self.kubernetes.client.get(self._path) or {}
                holder = (lease.get("spec") or {}).get("holderIdentity")
                if holder != self.holder:
                    self._lost = f"{holder or 'nobody'} holds it now"
                    return
                if self._write(lease, self.holder):
                    silent_since = datetime.now(tz=UTC)
            except JobError as error:
                if datetime.now(tz=UTC) - silent_since > timedelta(seconds=self.seconds * 2 / 3):
                    self._lost = str(error)
                    return

    def _release(self) -> None:
        try:
            lease = self.kubernetes.client.get(self._path)
            if lease is not None and lease["spec"].get("holderIdentity") == self.holder:
                self._write(lease, "")
        except JobError as error:
            # The work is done; whoever comes next waits until the lease runs out.
            sys.stdout.write(f"left       lock {self.name}: it runs out in {self.seconds} s ({error})\n")

    def _write(self, lease: dict[str, Any], holder: str) -> bool:
        """Write the Lease as it was read but for its holder; False when somebody wrote meanwhile."""
        body = {**lease, "spec": {**(lease.get("spec") or {}), **self._claim(holder)}}
        return self.kubernetes.client.request("PUT", self._path, body, accept={CONFLICT}).status != CONFLICT

    def _claim(self, holder: str) -> dict[str, Any]:
        now = datetime.now(tz=UTC).strftime(TIME)
        return {"holderIdentity": holder, "leaseDurationSeconds": self.seconds, "renewTime": now}

    @property
    def _path(self) -> str:
        folder = f"/apis/coordination.k8s.io/v1/namespaces/{segment(self.namespace)}/leases"
        return f"{folder}/{segment(self.name)}"


def _is_silent(spec: dict[str, Any]) -> bool:
    renewed = spec.get("renewTime")
    if not renewed:
        return True
    age = datetime.now(tz=UTC) - datetime.strptime(renewed, TIME).replace(tzinfo=UTC)
    return age > timedelta(seconds=spec.get("leaseDurationSeconds") or SECONDS)
