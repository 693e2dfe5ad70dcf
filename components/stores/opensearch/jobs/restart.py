"""Restarts the nodes whose pod template is outdated, one at a time, each only while the cluster can do without it.

May be ended and run again at any point. Run as `python -m components.stores.opensearch.jobs.restart`.
"""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.foundation.jobkit import rolling
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.waiting import NotYetError
from components.stores.opensearch.jobs import allocation, members
from components.stores.opensearch.jobs.config import RestartConfig
from components.stores.opensearch.jobs.program import run

if TYPE_CHECKING:
    from components.foundation.jobkit.client import Client
    from components.foundation.jobkit.context import JobContext


@dataclass(frozen=True)
class OpenSearchGate:
    """What OpenSearch has to say about its pods.

    Attributes:
        search: the cluster, as its administrator.
        nodes: how many belong to it.
        pause: seconds between two attempts to take a setting back.
    """

    search: Client
    nodes: int
    pause: float

    def healthy(self, pod: str | None) -> None:
        """Raise NotYetError unless all nodes are there and every shard has its copies, or none is needed from `pod`.

        Copies for which there are too few nodes are not waited for.

        What an ended run has forbidden is allowed again first: it would never become whole otherwise.
        """
        search = self.search.impatient()
        allocation.release_primaries(search)
        allocation.nobody_forbids(search)
        versions = members.versions(search)
        if len(versions) < self.nodes:
            raise NotYetError(f"{len(versions)} of {self.nodes} nodes have joined")
        health = members.at_rest(search)
        shortfall = members.shortfall(search, health)
        if not shortfall:
            return
        if health["status"] != "red" and pod is not None and len(set(versions.values())) > 1:
            _copies_elsewhere(search, pod)
            return
        raise NotYetError(f"its status is {health['status']}: {shortfall}")

    def before(self, pod: str) -> None:  # noqa: ARG002 - the setting holds for all
        """Keep the pod's copies from being made anew elsewhere, and write what is only in the log of operations."""
        allocation.limit_to_primaries(self.search)
        self.search.request("POST", "/_flush")

    def rejoined(self, pod: str) -> None:
        """Raise NotYetError unless the node answers as a member and a manager is elected."""
        search = self.search.impatient()
        # A node that is gone doesn't answer this one, although the elected manager may not have noticed yet.
        if pod not in members.versions(search):
            raise NotYetError("its node has not joined")
        # Refused by a cluster that has elected nobody.
        search.request("GET", "/_cluster/health")

    def release(self) -> None:
        """Let copies be made again."""
        search = self.search.impatient()
        allocation.take_back("copies of shards", lambda: allocation.release_primaries(search), pause=self.pause)


def _copies_elsewhere(search: Client, pod: str) -> None:
    """Raise NotYetError unless every shard on `pod` is started on another node too.

    During an upgrade a copy can't go to a node of an older version, so the cluster stays yellow until the last node is
    new, and waiting for green would wait for ever.
    """
    copies = allocation.shards(search)
    for copy in copies:
        if copy["state"] == "UNASSIGNED" and copy["prirep"] == "p":
            raise NotYetError(f"the primary of {copy['index']}[{copy['shard']}] is nowhere")
    elsewhere = {(c["index"], c["shard"]) for c in copies if c["state"] == "STARTED" and c["node"] != pod}
    for copy in copies:
        if copy["node"] == pod and (copy["index"], copy["shard"]) not in elsewhere:
            raise NotYetError(f"{copy['index']}[{copy['shard']}] is on {pod} alone while versions are mixed")


def restart(job: JobContext[RestartConfig], search: Client) -> None:
    """Restart what is outdated.

    Raises:
        JobError: the time is over, the lock was lost, or a StatefulSet is missing; the cluster keeps serving.
    """
    if not rolling.restart(job, OpenSearchGate(search, job.config.nodes, job.pause)):
        # A cluster that is only being formed doesn't answer, and has nothing that could have been left over.
        with contextlib.suppress(JobError):
            allocation.release_primaries(search.impatient())


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("restart", RestartConfig, restart)


if __name__ == "__main__":
    sys.exit(main())
