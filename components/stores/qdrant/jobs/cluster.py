"""All nodes of one Qdrant cluster, asked one by one: each knows only what it has been told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.waiting import NotYetError
from components.stores.qdrant.jobs.api import Node

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from components.foundation.jobkit.context import JobContext
    from components.stores.qdrant.jobs.api import View
    from components.stores.qdrant.jobs.config import PeersConfig
    from components.stores.qdrant.jobs.placement import Placement

KEY = "api-key"
"""Name of the secret and of the header in which Qdrant expects it."""


@dataclass(frozen=True)
class Cluster:
    """The nodes by ordinal, and the Service before them."""

    service: Node
    nodes: Sequence[Node]

    @classmethod
    def of(cls, job: JobContext[PeersConfig]) -> Cluster:
        """Return the cluster that a job is told of.

        Raises:
            JobError: the key or the CA is missing.
        """
        trust, headers = job.trust(job.config.endpoint), {KEY: job.password(KEY)}

        def node(endpoint: str) -> Node:
            return Node(Client(endpoint=endpoint, tls=trust, headers=headers))

        return cls(node(job.config.endpoint), [node(peer) for peer in job.config.peers])

    def views(self) -> list[View]:
        """Return how each node sees the consensus, by ordinal.

        Raises:
            NotYetError: they are not one working consensus of exactly these nodes; says why.
            JobError: they are two clusters.
        """
        views = [node.impatient().view() for node in self.nodes]
        refuse_two_clusters(views)
        for node, view in zip(self.nodes, views, strict=True):
            if view.is_removed:
                raise NotYetError(
                    f"{node.where} is peer {view.peer}, which was removed from the cluster and still runs: the drain "
                    "that removed it has not ended; run it again"
                )
            if view.trouble:
                raise NotYetError(f"the consensus of {node.where} is {view.trouble}")
            if view.leader is None:
                raise NotYetError(f"{node.where} knows no leader")
        present = {view.peer for view in views}
        for node, view in zip(self.nodes, views, strict=True):
            if absent := sorted(present - view.peers):
                raise NotYetError(f"{node.where} does not know peer {_listed(absent)} yet")
            if ghosts := sorted(view.peers - present):
                raise NotYetError(f"{node.where} counts peer {_listed(ghosts)}, for which no node answers")
        return views

    def whole(self) -> Mapping[str, Placement]:
        """Return where every collection lies, once every node agrees that all of it is at rest.

        Raises:
            NotYetError: something is not; says what.
        """
        self.views()
        placements: dict[str, Placement] = {}
        for node in self.nodes:
            for name in node.impatient().collections():
                placement = node.impatient().placement(name)
                if obstacle := placement.obstacle():
                    raise NotYetError(f"collection {name}: {obstacle}, says {node.where}")
                placements[name] = placement
        return placements

    def by_peer(self) -> dict[int, Node]:
        """Return the nodes by peer id."""
        return {view.peer: node for view, node in zip(self.views(), self.nodes, strict=True)}

    def params(self, collection: str) -> Mapping[str, Any]:
        """Return the parameters with which a collection was made."""
        found = self.service.collection(collection)
        if found is None:
            raise NotYetError(f"collection {collection} is gone")
        return found["config"]["params"]

    def replication(self, collection: str) -> int:
        """Return how many copies of each shard a collection was made for."""
        return self.params(collection).get("replication_factor", 1)


def refuse_two_clusters(views: Sequence[View]) -> None:
    """Raise JobError where nodes that each have a vote and a leader know nothing of each other.

    A removed peer that still runs names its old leader and only itself, and is no cluster.
    """
    led = [view for view in views if view.leader is not None and view.votes and not view.trouble]
    for other in led[1:]:
        if not led[0].peers & other.peers:
            raise JobError(two_clusters(led[0].peers, f"peer {other.peer}", other.peers))


def two_clusters(here: Collection[int], where: str, there: Collection[int]) -> str:
    """Return the sentence about two clusters where one should be."""
    return (
        f"two clusters: one has the peers {_listed(sorted(here))}, {where} names {_listed(sorted(there))}. "
        "Nothing was changed. Stop all writes, find the nodes whose volumes hold the wrong cluster (GET /cluster on "
        "each shows its peers), and let them start on empty volumes; restore from a snapshot what only they held. If "
        "the recorded cluster is gone for good and this one is to stay, delete the record by hand and run this job "
        "again."
    )


def _listed(peers: Sequence[int]) -> str:
    return ", ".join(map(str, peers)) or "nobody"
