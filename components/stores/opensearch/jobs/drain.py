"""Takes nodes out of the cluster, one at a time, each after every shard and its vote has left it.

May be ended and run again at any point. Run as `python -m components.stores.opensearch.jobs.drain`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.program import say
from components.foundation.jobkit.waiting import NotYetError
from components.stores.opensearch.jobs import allocation, members, plugin_indexes, voting
from components.stores.opensearch.jobs.config import DrainConfig
from components.stores.opensearch.jobs.departure import DATA, MANAGER, Pods
from components.stores.opensearch.jobs.program import run

if TYPE_CHECKING:
    from components.foundation.jobkit.client import Client
    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock

SHOWN = 3
"""Shards that a message names."""


@dataclass(frozen=True)
class Drain:
    """One run.

    Attributes:
        job: what it is told and asked.
        search: the cluster, as its administrator.
        lock: held by the caller.
    """

    job: JobContext[DrainConfig]
    search: Client
    lock: Lock

    def run(self) -> int:
        """Take away what the request asks for; return how many pods went.

        Raises:
            JobError: the rest can't do without them, or the time is over; the cluster keeps serving.
        """
        pods = Pods.read(self._live(), self.job.config.roles, self.job.request)
        self._clear_left_overs(pods)
        leaving = list(pods.leaving())
        if leaving:
            pods.refuse(self.search)
            plugin_indexes.let_follow(self.search)
        for name, ordinal in leaving:
            self._take_away(name, ordinal)
        self._record_nodes(pods)
        return len(leaving)

    def _clear_left_overs(self, pods: Pods) -> None:
        """Take back what an ended run of ours has set, and refuse to meddle with what somebody else did."""
        allocation.release_primaries(self.search)
        exclusion = allocation.excluded(self.search)
        if exclusion and not pods.is_ours(exclusion):
            raise JobError(
                f"somebody has excluded {exclusion} from holding shards ({allocation.EXCLUDE}), and a drain would "
                "overwrite that. Nothing was changed. Finish what it is for, set it to null, and run this again."
            )
        strangers = [node for node in voting.without_vote(self.search) if not pods.is_ours(node)]
        if strangers:
            raise JobError(
                f"somebody has taken the vote of {', '.join(strangers)} (GET {voting.EXCLUSIONS} belongs to it), and "
                "this drain would give it back. Nothing was changed. "
                f"Finish what it is for, DELETE {voting.EXCLUSIONS}, and run this again."
            )
        for node in {exclusion, *voting.without_vote(self.search)} - {""}:
            if pods.is_gone(node):
                # Its pod is on its way out; a shard that went back to it now would be lost with it.
                self.job.deadline.wait(f"the end of {node}", lambda node=node: self._has_left(node))
        if exclusion:
            allocation.include_again(self.search)
        if voting.without_vote(self.search):
            voting.clear(self.search, left=False)

    def _take_away(self, name: str, ordinal: int) -> None:
        pod = f"{name}-{ordinal}"
        roles = self.job.config.roles[name]
        shards, votes, scaled = DATA in roles, MANAGER in roles, False

        def restored() -> None:
            if scaled:
                self._has_left(pod)
            if votes:
                voting.clear(self.search.impatient(), left=scaled)
            if shards:
                allocation.include_again(self.search.impatient())

        try:
            if shards:
                self.lock.check()
                allocation.exclude(self.search, pod)
                self.job.deadline.wait(f"the shards of {pod}", lambda: self._is_empty(pod))
            if votes:
                self.lock.check()
                voting.take_vote(self.search, pod)
            self.lock.check()
            scaled = True
            self.job.kubernetes.scale(self.job.config.namespace, name, ordinal)
            self.job.deadline.wait(f"the end of {pod}", lambda: self._has_left(pod))
        finally:
            clean = allocation.take_back(f"votes and shards of {pod}", restored, pause=self.job.deadline.pause)
        if not clean:
            raise JobError(f"{pod} has left, and what was set for that could not be taken back. Run this again.")
        sys.stdout.write(f"drained    pod {pod}\n")

    def _is_empty(self, pod: str) -> None:
        search = self.search.impatient()
        left = [shard for shard in allocation.shards(search) if shard["node"] == pod]
        if not left:
            return
        names = ", ".join(f"{shard['index']}[{shard['shard']}]" for shard in left[:SHOWN])
        more = f" and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
        waiting = [shard for shard in left if shard["state"] == "STARTED"]
        why = f", because {allocation.why_it_stays(search, waiting[0])}" if waiting else ""
        raise NotYetError(f"{names}{more} can't move yet{why}" if why else f"{names}{more} is moving")

    def _has_left(self, pod: str) -> None:
        if self.job.kubernetes.pod(self.job.config.namespace, pod) is not None:
            raise NotYetError("the pod is still there")
        if pod in members.versions(self.search.impatient()):
            raise NotYetError("its node is still a member")

    def _live(self) -> dict[str, int]:
        config = self.job.config
        return {name: self.job.kubernetes.replicas(config.namespace, name) for name in config.roles}

    def _record_nodes(self, pods: Pods) -> None:
        """Write how many nodes each StatefulSet has that lost some: only then does a stack file with fewer pass."""
        live = self._live()
        numbers = {self.job.config.recorded_nodes[name]: str(live[name]) for name in sorted(pods.wished)}
        if numbers:
            self.job.kubernetes.annotate_namespace(self.job.config.namespace, numbers)


def drain(job: JobContext[DrainConfig], search: Client) -> None:
    """Take away what the request asks for and say how many pods went.

    Raises:
        JobError: as in `Drain.run`, or another job held the lock until the deadline.
    """
    with job.lock().held(job.deadline) as lock:
        gone = Drain(job, search, lock).run()
    say("drained" if gone else "unchanged", f"{gone} in all" if gone else "no pod has to go")


def main() -> int:
    """Run the job on what its pod mounts; return the exit code."""
    return run("drain", DrainConfig, drain)


if __name__ == "__main__":
    sys.exit(main())
