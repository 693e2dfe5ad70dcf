"""Creates the collections that the stack file declares and sets the quotas, as often as it is run.

A collection that exists is compared and never altered, let alone dropped: what differs is named with the way out.
Run as `python -m components.stores.qdrant.jobs.configure`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from components.foundation.jobkit import program
from components.foundation.jobkit.comparison import covers, flat
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.report import CREATED, UNCHANGED, UPDATED
from components.stores.qdrant.jobs.cluster import KEY, Cluster
from components.stores.qdrant.jobs.config import ConfigureConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.report import Report
    from components.stores.qdrant.jobs.api import Node

BESIDE_PARAMS = {
    "hnsw_config": "hnsw_config",
    "wal_config": "wal_config",
    "optimizers_config": "optimizer_config",
    "quantization_config": "quantization_config",
    "strict_mode_config": "strict_mode_config",
    "metadata": "metadata",
}
"""Where the description of a collection has what its creation names otherwise or elsewhere than in `params`."""


def configure(job: JobContext[ConfigureConfig], cluster: Cluster, report: Report) -> None:
    """Wait for all nodes, then make every collection and the quotas true.

    Raises:
        JobError: the nodes aren't there in time, or stopped answering; single failures are in the report.
    """
    # A collection that is created while a node is away gets no shard on it.
    job.deadline.wait("all nodes", cluster.views)
    declared = job.config.collections
    for name, wish in declared.items():
        report.attempt("collection", name, lambda n=name, wish=wish: ensure_collection(cluster.service, n, wish))
    report.left_alone("collection", cluster.service.collections, declared)
    report.attempt("quotas", "of the cluster", lambda: ensure_quotas(cluster.service, job.config.quotas))


def ensure_collection(node: Node, name: str, wish: Mapping[str, Any]) -> str:
    """Create a collection where there is none and return what had to be done.

    Raises:
        JobError: one of that name exists and differs; it was left as it is.
    """
    if node.collection(name) is None and node.create_collection(name, wish):
        return CREATED
    found = node.collection(name)
    if found is None:
        raise JobError("was deleted while it was looked at. Run the job again.")
    if differences := _differences(found["config"], wish):
        raise JobError(
            f"exists and differs: {'; '.join(differences)}. It was left as it is. {_way_out(name, differences)}"
        )
    return UNCHANGED


def ensure_quotas(node: Node, wish: Mapping[str, Any]) -> str:
    """Set the limits of all nodes and return what had to be done; the configuration file seeds them only once."""
    actual = node.quotas()
    if covers(actual, wish):
        return UNCHANGED
    node.set_quotas({**{key: value for key, value in actual.items() if value is not None}, **wish})
    return UPDATED


def _differences(config: Mapping[str, Any], wish: Mapping[str, Any]) -> list[str]:
    found = []
    for key, value in wish.items():
        place = config if key in BESIDE_PARAMS else config["params"]
        actual = place.get(BESIDE_PARAMS.get(key, key))
        if covers(actual, value):
            continue
        there = flat({key: actual})
        for field, wished in flat({key: value}).items():
            if not covers(there.get(field), wished):
                found.append(f"{field} is {there.get(field)}, the stack file says {wished}")
    return found


def _way_out(name: str, differences: list[str]) -> str:
    if all(difference.startswith(("replication_factor ", "write_consistency_factor ")) for difference in differences):
        return (
            "More copies are made, and both numbers set, by ./ballast rebalance STACK qdrant, and by pulumi up before "
            "this job: the rebalance job's log says why it did not. "
            "Fewer copies nobody makes: write the old number in the stack file."
        )
    return (
        f"Declare a collection of another name, fill it, and switch an alias to it; or write in the stack file what "
        f"{name} is."
    )


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""

    def work(job: JobContext[ConfigureConfig], report: Report) -> None:
        report.hide(job.password(KEY))
        configure(job, Cluster.of(job), report)

    return program.run_reporting(ConfigureConfig, work)


if __name__ == "__main__":
    sys.exit(main())
