"""Writes down that the cluster has been founded, once, so that no empty volume can ever found a second one.

The record is a ConfigMap. While it is absent, managers start with the setting that lets them form a cluster; once it
exists they only join. Run as `python -m components.stores.opensearch.jobs.bootstrap`.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.waiting import Deadline, NotYetError
from components.stores.opensearch.jobs.program import run

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from components.foundation.jobkit.client import Client
    from components.foundation.jobkit.kubernetes import Kubernetes
    from components.foundation.jobkit.orders import Orders

NO_CLUSTER = "_na_"
"""The uuid that a node gives while it belongs to no cluster."""

MANAGER_ROLES = frozenset({"cluster_manager", "master"})


def found(orders: Orders, search: Client, kubernetes: Kubernetes, deadline: Deadline) -> str:
    """Wait for the first formation, write the record, and return a sentence about what was done.

    A record that names this cluster ends the job at once: formation happens once, and a job that runs again after a
    change of size must not wait for its first shape.

    Raises:
        JobError: the time is over, or two clusters exist.
    """
    task = orders.section("bootstrap")
    namespace, name, managers = task["namespace"], task["configMap"], task["managers"]
    uuid = deadline.wait("a cluster with an identity", lambda: identity(search.impatient()))
    if _recorded(kubernetes, namespace, name, uuid):
        return f"unchanged  bootstrap record {namespace}/{name}: cluster {uuid}"
    uuid = deadline.wait("the first formation", lambda: formation(search.impatient(), managers))
    for _ in range(2 * len(managers)):
        # The Service hands each connection to some node: a second cluster behind it would show itself here.
        other = deadline.wait("the same answer from every node", lambda: identity(search.impatient()))
        if other != uuid:
            raise JobError(_two_clusters(uuid, other, "another node behind the same Service"))
    data = {
        "cluster_uuid": uuid,
        "founded_at": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "managers": "\n".join(managers),
    }
    if not kubernetes.create_config_map(namespace, name, data):
        # Another run of this job was faster; what it wrote is read, never replaced.
        _recorded(kubernetes, namespace, name, uuid)
        return f"unchanged  bootstrap record {namespace}/{name}: cluster {uuid}"
    return f"created    bootstrap record {namespace}/{name}: cluster {uuid}, managers {', '.join(managers)}"


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


def _recorded(kubernetes: Kubernetes, namespace: str, name: str, uuid: str) -> bool:
    record = kubernetes.config_map(namespace, name)
    if record is None:
        return False
    if record.get("cluster_uuid") != uuid:
        raise JobError(
            _two_clusters(uuid, record.get("cluster_uuid", "nothing"), f"the bootstrap record {namespace}/{name}")
        )
    return True


def _two_clusters(here: str, there: str, where: str) -> str:
    return (
        f"two clusters: this one is {here}, {where} names {there}. Nothing was changed. "
        "Stop all writes, find the nodes whose volumes hold the wrong cluster (GET / on each shows its cluster_uuid), "
        "and let them start on empty volumes; restore from a snapshot what only they held. If the recorded cluster "
        "is gone for good and this one is to stay, delete the record by hand and run this job again."
    )


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("bootstrap", found)


if __name__ == "__main__":
    sys.exit(main())
