"""Takes nodes out of the cluster without losing a shard: `{"replicas": n}` names how many are to stay.

Always the highest ordinals, one at a time, never ordinal 0: its shards are moved, its peer removed, its pod ended.
What was removed is noted before it happens, so the job may be stopped and run again at any point.
Run as `python -m components.stores.qdrant.jobs.drain`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError, UnreachableError
from components.foundation.jobkit.program import say
from components.foundation.jobkit.waiting import Deadline, NotYetError
from components.stores.qdrant.jobs.config import DrainConfig
from components.stores.qdrant.jobs.moves import Mover, burden
from components.stores.qdrant.jobs.planning import evacuation
from components.stores.qdrant.jobs.program import run
from components.stores.qdrant.jobs.removal import Removal

if TYPE_CHECKING:
    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock
    from components.stores.qdrant.jobs.api import Node
    from components.stores.qdrant.jobs.cluster import Cluster

NO_QUORUM = 2
"""With two voters either one's absence stops every change of collections and shards."""


def drain(job: JobContext[DrainConfig], cluster: Cluster) -> None:
    """Bring the cluster down to the requested number of nodes.

    Raises:
        JobError: refused, with nothing changed; or a step failed, and running the job again goes on from there.
    """
    wished = job.request.get("replicas")
    if not isinstance(wished, int) or isinstance(wished, bool) or wished < 1:
        raise JobError('BALLAST_REQUEST: `replicas` must be the number of nodes to keep, such as {"replicas": 3}.')
    namespace = job.config.namespace
    with job.lock().held(job.deadline) as lock:
        live = _live(job, cluster)
        if wished > live:
            raise JobError(f"there are {live} nodes and {wished} were asked for. Growth is declared in the stack file.")
        if wished < live:
            work = Drain(job, lock, cluster)
            work.refuse(wished, live)
            for ordinal in reversed(range(wished, live)):
                work.retire(ordinal)
        job.kubernetes.annotate_namespace(namespace, dict.fromkeys(job.config.recorded_nodes.values(), str(wished)))
    say("done" if wished < live else "unchanged", f"{wished} nodes, noted on namespace {namespace}")


@dataclass(frozen=True)
class Drain:
    """One run.

    Attributes:
        job: what it is told.
        lock: held.
        cluster: all nodes that it is told of.
    """

    job: JobContext[DrainConfig]
    lock: Lock
    cluster: Cluster

    def refuse(self, wished: int, live: int) -> None:
        """Raise JobError where the wished cluster could not keep what this one promises."""
        if wished == NO_QUORUM:
            raise JobError(
                "two nodes were asked for: they lose their quorum with either of them. Nothing was changed. "
                "Keep three, or go to one."
            )
        if self._left_before(live - 1) is None:
            self._answering(live)
        # Not before: where a shard has no copy within reach, the server answers with its own trouble.
        for name in self.cluster.service.collections():
            if (copies := self.cluster.replication(name)) > wished:
                raise JobError(
                    f"collection {name} has {copies} copies of each shard, which do not fit on {wished} nodes. "
                    "Nothing was changed. Keep more nodes, or move the data to a collection with a lower "
                    "replication_factor."
                )

    def retire(self, ordinal: int) -> None:
        """Take the node of an ordinal out, from wherever an earlier run was stopped."""
        pod, staying, peer = (
            f"{self.job.config.stateful_set}-{ordinal}",
            self._first(ordinal),
            self._left_before(ordinal),
        )
        if peer is None:
            peer = self._answering(ordinal + 1)[ordinal]
            self._evacuate(ordinal, peer)
            if not self._removal.remove(staying.service, peer, pod):
                patience = Deadline.after(self.job.config.stall_seconds, self.job.pause)
                patience.wait(f"removal of peer {peer}", staying.views)
        # At once: until its pod ends a removed node answers the Service's clients, and all with 500.
        self.lock.check()
        self.job.kubernetes.scale(self.job.config.namespace, self.job.config.stateful_set, ordinal)
        self.job.deadline.wait(f"removal of peer {peer}", staying.views)
        say("removed", f"peer {peer} from the consensus")
        self.job.deadline.wait(f"the end of pod {pod}", lambda: self._is_gone(pod))
        say("removed", f"pod {pod}")

    def _evacuate(self, ordinal: int, peer: int) -> None:
        part = self._first(ordinal + 1)
        mover = Mover(part, self.lock, self.job.deadline, self.job.config.stall_seconds)
        for name in sorted(mover.rest()):
            while name in (placements := mover.rest()):
                staying = [other for other in part.by_peer() if other != peer]
                holders = {shard: placements[name].holders(shard) for shard in placements[name].shards}
                load = burden(placements, name)
                steps = evacuation(holders, peer, staying, part.replication(name), load)
                if not steps:
                    break
                mover.carry_out(name, steps[0])
        # A collection may have been made meanwhile, and Qdrant may have put a shard of it on this very peer.
        for name, placement in mover.rest().items():
            if held := placement.held_by(peer):
                raise JobError(
                    f"peer {peer} holds shard {held[0]} of collection {name} again, which was made while the node "
                    "was emptied. Nothing was removed. Run the job again."
                )

    @property
    def _removal(self) -> Removal:
        return Removal(self.job, self.lock)

    def _forget_ghosts(self, count: int) -> None:
        """Remove peers that an earlier run noted as removed, whose node has since come back as a new peer."""
        noted = set(self._removal.noted())
        answering = {node.impatient().view().peer for node in self.cluster.nodes[:count]}
        for ghost in sorted(self.cluster.nodes[0].view().peers - answering):
            if str(ghost) in noted:
                self.lock.check()
                self.cluster.nodes[0].remove_peer(ghost)
                say("removed", f"peer {ghost}, which had been replaced")

    def _answering(self, count: int) -> list[int]:
        """Return the peer ids of the first nodes, once the consensus counts no other.

        Raises:
            JobError: one is down or apart: then nothing is removed.
        """
        try:
            self._forget_ghosts(count)
            return [view.peer for view in self._first(count).views()]
        except (NotYetError, UnreachableError) as error:
            raise JobError(
                f"no node is taken out while one is away: {error}. Bring it back and run the job again."
            ) from None

    def _left_before(self, ordinal: int) -> int | None:
        """Return the peer of an ordinal that an earlier run has removed already, or None."""
        pod = f"{self.job.config.stateful_set}-{ordinal}"
        known = self.cluster.nodes[0].view().peers
        own = self._own(self.cluster.nodes[ordinal])
        for peer, name in self._removal.noted().items():
            if name == pod and int(peer) not in known and own in (None, int(peer)) and len(known) == ordinal:
                return int(peer)
        return None

    def _own(self, node: Node) -> int | None:
        try:
            return node.impatient().view().peer
        except JobError:
            return None

    def _first(self, count: int) -> Cluster:
        """Return the first nodes; what is asked of the Service is asked of ordinal 0, which always stays."""
        return replace(self.cluster, service=self.cluster.nodes[0], nodes=self.cluster.nodes[:count])

    def _is_gone(self, pod: str) -> None:
        if self.job.kubernetes.pod(self.job.config.namespace, pod) is not None:
            raise NotYetError("it is still there")


def _live(job: JobContext[DrainConfig], cluster: Cluster) -> int:
    name, known = job.config.stateful_set, len(cluster.nodes)
    live = job.kubernetes.replicas(job.config.namespace, name)
    if live > known:
        raise JobError(
            f"StatefulSet {name} has {live} pods and the job knows {known} of them. Nothing was changed. "
            "Apply the stack file first."
        )
    return live


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("drain", DrainConfig, drain)


if __name__ == "__main__":
    sys.exit(main())
