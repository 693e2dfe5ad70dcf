"""Writes down that the cluster has been formed, once, so that no empty volume can ever form a second one.

While the record is absent, ordinal 0 starts with its own address as bootstrap; once it exists an empty volume only
joins. Run as `python -m components.stores.qdrant.jobs.bootstrap`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.foundation.jobkit.bootstrap import record_formation
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.waiting import NotYetError
from components.stores.qdrant.jobs.cluster import two_clusters
from components.stores.qdrant.jobs.config import BootstrapConfig
from components.stores.qdrant.jobs.program import run

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.waiting import Deadline
    from components.stores.qdrant.jobs.cluster import Cluster


@dataclass
class QdrantFormation:
    """The consensus that the nodes form.

    Attributes:
        cluster: all nodes.
        deadline: of the whole run.
        peers: what the node that answered first counts, or all of them once they are complete.
    """

    cluster: Cluster
    deadline: Deadline
    peers: Collection[int] = ()

    def look(self) -> None:
        """Find out which peers the node counts that answers."""
        view = self.cluster.service.impatient().view()
        if view.leader is None:
            raise NotYetError("the node that answers knows no leader yet")
        self.peers = view.peers

    def complete(self) -> dict[str, str]:
        """Wait until all nodes are one consensus."""
        views = self.deadline.wait("the first formation", self.cluster.views)
        self.peers = views[0].peers
        return {"first_peer": str(views[0].peer), "peers": "\n".join(str(view.peer) for view in views)}

    def compare(self, record: Mapping[str, str], where: str) -> None:
        """Raise JobError where a record names another cluster; peers come and go, so one that both know is enough."""
        known = [int(peer) for peer in record.get("peers", "").split() if peer.isdecimal()]
        if not set(known) & set(self.peers):
            raise JobError(two_clusters(self.peers, f"the {where}", known))


def bootstrap(job: JobContext[BootstrapConfig], cluster: Cluster) -> None:
    """Wait for the first formation and write the record."""
    record_formation(job, QdrantFormation(cluster, job.deadline))


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("bootstrap", BootstrapConfig, bootstrap)


if __name__ == "__main__":
    sys.exit(main())
