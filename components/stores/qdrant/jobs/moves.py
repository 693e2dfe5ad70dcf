"""Carries out steps on shards, one at a time, each until it has had its effect; shared by rebalance and drain."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from components.foundation.jobkit.errors import JobError, RequestError, UnreachableError
from components.foundation.jobkit.program import say
from components.foundation.jobkit.waiting import Deadline, NotYetError
from components.stores.qdrant.jobs.placement import ACTIVE
from components.stores.qdrant.jobs.planning import MOVE, REPLICATE, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from components.foundation.jobkit.lock import Lock
    from components.stores.qdrant.jobs.cluster import Cluster
    from components.stores.qdrant.jobs.placement import Placement, Transfer

Found = TypeVar("Found")

FIRST_SERVER_ERROR = 500


@dataclass
class Mover:
    """Moves shards of one cluster.

    Attributes:
        cluster: the nodes.
        lock: held by the caller.
        deadline: how long nothing may get on; begun anew with every transfer that does, since terabytes take hours.
        stall_seconds: how long a transfer may show no progress.
    """

    cluster: Cluster
    lock: Lock
    deadline: Deadline
    stall_seconds: float
    _progress: dict[tuple[str, Transfer], tuple[object, float]] = field(default_factory=dict, init=False)
    _advances: int = field(default=0, init=False)

    def rest(self) -> Mapping[str, Placement]:
        """Wait until every replica is active and nothing moves; return where every collection lies.

        Raises:
            JobError: not before the deadline, or a transfer was stuck and has been aborted.
        """
        return self._patiently("all shards at rest", self._at_rest)

    def carry_out(self, collection: str, step: Step) -> None:
        """Do a step and wait until it had its effect.

        Raises:
            JobError: Qdrant refused it, it was stuck, or it ended without effect; no copy was lost by that.
        """
        self.lock.check()
        began = time.monotonic()
        doubt = self._begin(collection, step)
        seen = False

        def ended() -> None:
            nonlocal seen
            if any(step.shard == moving.shard for moving in self.cluster.service.placement(collection).transfers):
                seen = True
            placement = self._at_rest().get(collection)
            if placement is None:
                raise JobError(f"collection {collection} was deleted while {step}.")
            if _has_happened(step, placement):
                return
            if seen or time.monotonic() - began > self.stall_seconds:
                raise JobError(
                    f"collection {collection}: {step} ended without effect{doubt}. Every copy that was there still "
                    "is. Look at the logs of both pods and run the job again."
                )
            raise NotYetError("it has not begun")

        self._patiently(f"collection {collection}: {step}", ended)
        say("done", f"collection {collection}: {step}")

    def _patiently(self, goal: str, look: Callable[[], Found]) -> Found:
        while True:
            deadline, before = Deadline.after(self.deadline.seconds, self.deadline.pause), self._advances
            try:
                return deadline.wait(goal, look)
            except JobError:
                is_over = time.monotonic() + deadline.pause > deadline.end
                if not is_over or self._advances == before:
                    raise

    def _begin(self, collection: str, step: Step) -> str:
        """Ask for a step; return what remains in doubt where the answer was lost."""
        facts: dict[str, object] = {"shard_id": step.shard}
        if step.kind in (MOVE, REPLICATE):
            facts |= {"from_peer_id": step.source, "to_peer_id": step.target}
        else:
            facts["peer_id"] = step.source
        try:
            self.cluster.service.change(collection, step.kind, **facts)
        except UnreachableError as error:
            return f" ({error})"
        except RequestError as error:
            if error.status < FIRST_SERVER_ERROR:
                raise JobError(f"collection {collection}: {step} was refused: {error.reason}") from None
            return f" ({error})"
        return ""

    def _at_rest(self) -> Mapping[str, Placement]:
        try:
            placements = self.cluster.whole()
        except NotYetError:
            self._watch()
            raise
        self._progress.clear()
        return placements

    def _watch(self) -> None:
        """Abort a transfer that has shown no progress for too long: nothing else would ever end it."""
        service = self.cluster.service
        for collection in service.collections():
            for moving in service.placement(collection).transfers:
                if moving.source == moving.target:
                    continue
                now, key = self._progress_of(collection, moving), (collection, moving)
                then, since = self._progress.get(key, (None, 0.0))
                if now != then:
                    self._progress[key] = (now, time.monotonic())
                    self._advances += 1
                elif time.monotonic() - since > self.stall_seconds:
                    self._abort(collection, moving)

    def _progress_of(self, collection: str, moving: Transfer) -> object:
        """Return what changes while a transfer gets on: what both ends say, and the points that the target has."""
        nodes, said, points = self.cluster.by_peer(), [], None
        for peer in (moving.source, moving.target):
            if peer in nodes:
                placement = nodes[peer].placement(collection)
                said += [one.progress for one in placement.transfers if one == moving]
                points = placement.points.get(moving.shard)
        return said, points

    def _abort(self, collection: str, moving: Transfer) -> None:
        self.lock.check()
        facts = {"shard_id": moving.shard, "from_peer_id": moving.source, "to_peer_id": moving.target}
        self.cluster.service.change(collection, "abort_transfer", **facts)
        raise JobError(
            f"collection {collection}: the transfer of shard {moving.shard} from peer {moving.source} to peer "
            f"{moving.target} showed no progress for {self.stall_seconds:g} s and was aborted; its source keeps the "
            "copy. Look at the logs of both pods and run the job again."
        )


def burden(placements: Mapping[str, Placement], spared: str) -> dict[int, int]:
    """Return how many copies of all other collections each peer holds."""
    loads: dict[int, int] = {}
    for name, placement in placements.items():
        for replicas in placement.shards.values() if name != spared else ():
            for peer in replicas:
                loads[peer] = loads.get(peer, 0) + 1
    return loads


def _has_happened(step: Step, placement: Placement) -> bool:
    replicas = placement.shards.get(step.shard, {})
    arrived = step.target is None or replicas.get(step.target) == ACTIVE
    return arrived and (step.kind == REPLICATE or step.source not in replicas)
