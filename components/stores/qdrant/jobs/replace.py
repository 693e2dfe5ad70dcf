"""Lets a node whose volume was lost join anew and gives it its copies back: `{"node": 1}` is the ordinal of its pod.

Qdrant refuses a node at an address whose old peer still has shards. So that one is taken out first, by force, once
every shard has an active copy on another node. It is noted before it happens, so the job may be stopped and run again.
Run as `python -m components.stores.qdrant.jobs.replace`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError, UnreachableError
from components.foundation.jobkit.program import say
from components.foundation.jobkit.waiting import Deadline
from components.stores.qdrant.jobs.cluster import refuse_two_clusters
from components.stores.qdrant.jobs.config import ReplaceConfig
from components.stores.qdrant.jobs.moves import Mover
from components.stores.qdrant.jobs.program import run
from components.stores.qdrant.jobs.removal import Removal
from components.stores.qdrant.jobs.spreading import spread

if TYPE_CHECKING:
    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock
    from components.stores.qdrant.jobs.api import Node, View
    from components.stores.qdrant.jobs.cluster import Cluster


def replace_node(job: JobContext[ReplaceConfig], cluster: Cluster) -> None:
    """Bring a node back that has lost its volume.

    Raises:
        JobError: refused, with nothing changed; or a step failed, and running the job again goes on from there.
    """
    nodes, ordinal = len(cluster.nodes), job.request.get("node")
    if not isinstance(ordinal, int) or isinstance(ordinal, bool) or not 0 <= ordinal < nodes:
        raise JobError(f"BALLAST_REQUEST: `node` must be the number at the end of a pod's name, 0 to {nodes - 1}.")
    if nodes == 1:
        raise JobError(
            "there is one node, so nobody has another copy of what it held. Nothing was changed. Bring its volume "
            "back, or begin anew and restore a snapshot: docs/operations.md, A lost volume."
        )
    with job.lock().held(job.deadline) as lock:
        Replacement(job, lock, cluster, ordinal).run()


@dataclass(frozen=True)
class Replacement:
    """One run.

    Attributes:
        job: what it is told.
        lock: held.
        cluster: all nodes.
        ordinal: of the node that is replaced.
    """

    job: JobContext[ReplaceConfig]
    lock: Lock
    cluster: Cluster
    ordinal: int

    def run(self) -> None:
        """Take the lost peer out, let the node join, and give every shard its copies."""
        lost = self._lost_peers()
        if lost is None:
            say("unchanged", f"{self._pod} is a member and works: only missing copies are made")
        else:
            self._require_copies_elsewhere(lost)
            for peer in sorted(lost):
                Removal(self.job, self.lock).remove(self._others.service, peer, self._pod, force=True)
            self._patience.wait(f"removal of the lost peer of {self._pod}", self._others.views)
            for peer in sorted(lost):
                say("removed", f"peer {peer} from the consensus; other nodes have every shard that it held")
            self._restart()
            # Members have been asked: whatever is missing now is the node's own trouble, and its log says what.
            self._patience.wait(f"{self._pod} among the members", self.cluster.views)
            say("joined", f"{self._pod}, as a new peer")
        mover = Mover(self.cluster, self.lock, self.job.deadline, self.job.config.stall_seconds)
        for name in sorted(mover.rest()):
            spread(mover, self.job.config, name)

    def _lost_peers(self) -> frozenset[int] | None:
        """Return the peers that the others count at the node's address; None where the node itself is one of them.

        Raises:
            JobError: another node is away too, or the others don't agree.
        """
        views = {node.where: self._view_of_another(node) for node in self._others.nodes}
        refuse_two_clusters(list(views.values()))
        first = next(iter(views.values()))
        present = {view.peer for view in views.values()}
        for where, view in views.items():
            if view.peers != first.peers or not present <= view.peers:
                raise self._refusal(f"{where} counts other peers than the other nodes do")
        strangers = first.peers - present
        if away := [peer for peer in strangers if first.hosts[peer] != self._node.host]:
            raise self._refusal(f"peer {min(away)} at {first.hosts[min(away)]} is away too")
        return None if self._own_peer() in strangers else strangers

    def _view_of_another(self, node: Node) -> View:
        try:
            view = node.impatient().view()
        except UnreachableError as error:
            raise self._refusal(str(error)) from None
        if view.is_removed or view.trouble or view.leader is None:
            trouble = "was removed" if view.is_removed else view.trouble or "knows no leader"
            raise self._refusal(f"the consensus of {node.where} does not work: {trouble}")
        return view

    def _refusal(self, why: str) -> JobError:
        return JobError(
            f"{self._pod} can't be replaced while the other nodes are not whole: {why}. Nothing was changed. Bring "
            "them back first and run the job again."
        )

    def _own_peer(self) -> int | None:
        """Return the peer that the node is and works as, or None."""
        try:
            view = self._node.impatient().view()
        except JobError:
            return None
        return None if view.trouble or not view.votes or view.leader is None else view.peer

    def _require_copies_elsewhere(self, lost: frozenset[int]) -> None:
        """Raise JobError where the node that is lost may have the only copy of a shard."""
        for node in self._others.nodes:
            for name in node.collections():
                placement = node.placement(name)
                for shard in placement.shards:
                    if not placement.holders(shard) - lost:
                        raise JobError(
                            f"collection {name}: no other node has an active copy of shard {shard}. Nothing was "
                            f"changed. Bring the volume of {self._pod} back; if it is gone for good, delete the "
                            f"collection (DELETE /collections/{name}), run this again, and restore it: ./ballast "
                            f"restore STACK qdrant --only {name}."
                        )

    def _restart(self) -> None:
        """End the pod, which may be waiting for its next try, or run as a cluster of its own."""
        pod = self.job.kubernetes.pod(self.job.config.namespace, self._pod)
        if pod is not None:
            self.lock.check()
            self.job.kubernetes.delete_pod(self.job.config.namespace, self._pod, pod["metadata"]["uid"])
            say("restarted", f"pod {self._pod}")

    @property
    def _patience(self) -> Deadline:
        return Deadline.after(self.job.config.stall_seconds, self.job.pause)

    @property
    def _node(self) -> Node:
        return self.cluster.nodes[self.ordinal]

    @property
    def _pod(self) -> str:
        return f"{self.job.config.stateful_set}-{self.ordinal}"

    @property
    def _others(self) -> Cluster:
        others = [node for ordinal, node in enumerate(self.cluster.nodes) if ordinal != self.ordinal]
        return replace(self.cluster, service=others[0], nodes=others)


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("replace", ReplaceConfig, replace_node)


if __name__ == "__main__":
    sys.exit(main())
