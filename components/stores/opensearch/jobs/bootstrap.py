"""Writes down that the cluster has been formed, once, so that no empty volume can ever form a second one.

Managers start with the setting that lets them form a cluster while the record is absent. Run as
`python -m components.stores.opensearch.jobs.bootstrap`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.bootstrap import record_formation
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.waiting import NotYetError
from components.stores.opensearch.jobs.config import BootstrapConfig
from components.stores.opensearch.jobs.program import run

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from components.foundation.jobkit.client import Client
    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.waiting import Deadline

NO_CLUSTER = "_na_"
"""The uuid that a node gives while it belongs to no cluster."""

MANAGER_ROLES = frozenset({"cluster_manager", "master"})


@dataclass
class OpenSearchFormation:
    """The cluster that the managers form.

    Attributes:
        search: the cluster, as its administrator.
        managers: names of all nodes that may become cluster manager.
        deadline: of the whole run.
        uuid: who it is, as far as it is known.
    """

    search: Client
    managers: Sequence[str]
    deadline: Deadline
    uuid: str = NO_CLUSTER

    def look(self) -> None:
        """Find out the uuid of the cluster to which the answering node belongs."""
        self.uuid = identity(self.search.impatient())

    def complete(self) -> dict[str, str]:
        """Wait until every manager is there and has a vote, and every node names the same cluster."""
        search = self.search.impatient()
        self.uuid = self.deadline.wait("the first formation", lambda: formation(search, self.managers))
        for _ in range(2 * len(self.managers)):
            # The Service hands each connection to some node: a second cluster behind it would show itself here.
            other = self.deadline.wait("the same answer from every node", lambda: identity(search))
            self.compare({"cluster_uuid": other}, "another node behind the same Service")
        return {"cluster_uuid": self.uuid, "managers": "\n".join(self.managers)}

    def compare(self, record: Mapping[str, str], where: str) -> None:
        """Raise JobError where a record names another cluster."""
        there = record.get("cluster_uuid", "nothing")
        if there != self.uuid:
            raise JobError(
                f"two clusters: this one is {self.uuid}, {where} names {there}. Nothing was changed. "
                "Stop all writes, find the nodes whose volumes hold the wrong cluster (GET / on each shows its "
                "cluster_uuid), and let them start on empty volumes; restore from a snapshot what only they held. If "
                "the recorded cluster is gone for good and this one is to stay, delete the record by hand and run "
                "this job again."
            )


def identity(search: Client) -> str:
    """Return the uuid of the cluster to which the answering node belongs.

    Raises:
        NotYetError: the node belongs to none.
    """
    uuid = (search.get("/") or {}).get("cluster_uuid", NO_CLUSTER)
    if uuid == NO_CLUSTER:
        raise NotYetError("the node that answers belongs to no cluster yet")
    return uuid


def formation(search: Client, managers: Sequence[str]) -> str:
    """Return the uuid of a completely formed cluster: every manager there, one elected, all of them voting.

    Raises:
        NotYetError: names what is missing.
    """
    nodes: dict[str, Any] = (search.get("/_nodes?filter_path=nodes.*.name,nodes.*.roles") or {}).get("nodes", {})
    eligible = {node["name"] for node in nodes.values() if MANAGER_ROLES & set(node.get("roles", ()))}
    _complain("have not joined", managers, eligible)
    state = search.get("/_cluster/state/metadata,master_node?filter_path=master_node,metadata.cluster_coordination,"
                       "metadata.cluster_uuid,metadata.cluster_uuid_committed")  # fmt: skip
    if not state or not state.get("master_node"):
        raise NotYetError("no cluster manager is elected")
    voting = state["metadata"]["cluster_coordination"].get("last_committed_config", [])
    _complain("have joined but have no vote yet", managers, {nodes[vote]["name"] for vote in voting if vote in nodes})
    return state["metadata"]["cluster_uuid"]


def _complain(what: str, managers: Sequence[str], present: Collection[str]) -> None:
    missing = [manager for manager in managers if manager not in present]
    if missing:
        raise NotYetError(f"{len(missing)} of {len(managers)} managers {what}: {', '.join(missing)}")


def bootstrap(job: JobContext[BootstrapConfig], search: Client) -> None:
    """Wait for the first formation and write the record."""
    record_formation(job, OpenSearchFormation(search, job.config.managers, job.deadline))


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("bootstrap", BootstrapConfig, bootstrap)


if __name__ == "__main__":
    sys.exit(main())
