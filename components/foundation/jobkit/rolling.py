"""The gated restart: one pod at a time, and each only while the store says that it can do without it.

StatefulSets of stores use `OnDelete`: a changed template restarts nothing. This does, and may be stopped and run again
at any point, because it keeps nothing in mind: what has still to be restarted is read from the pods themselves.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from components.foundation.jobkit.errors import JobError, UnreachableError
from components.foundation.jobkit.program import say
from components.foundation.jobkit.waiting import NotYetError

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.foundation.jobkit.config import RestartConfig
    from components.foundation.jobkit.context import JobContext
    from components.foundation.jobkit.lock import Lock

REVISION = "controller-revision-hash"
"""The label by which Kubernetes says from which template a pod was made."""


class Gate(Protocol):
    """What a store has to say about its pods."""

    def healthy(self, pod: str | None) -> None:
        """Raise NotYetError, with the reason, unless the store is whole and could do without this pod now."""

    def before(self, pod: str) -> None:
        """Prepare the store for the pod's absence."""

    def rejoined(self, pod: str) -> None:
        """Raise NotYetError, with the reason, unless the pod has its place in the store again."""

    def release(self) -> None:
        """End what `before` began; called after every restart, whatever came of it."""


@dataclass(frozen=True)
class Restart:
    """One run over all StatefulSets of a store.

    Attributes:
        job: what it is told.
        gate: the store.
        lock: held by the caller.
        is_stale: whether a pod of the current template must be restarted all the same, such as one that was started
            before its certificate was renewed.
    """

    job: JobContext[RestartConfig]
    gate: Gate
    lock: Lock
    is_stale: Callable[[dict[str, Any]], bool]

    def run(self) -> int:
        """Restart every outdated pod and return how many there were.

        Pods that are away already come first, and the store isn't asked about them: their absence is the reason why it
        isn't whole, and a corrected template would never reach them. Where no pod is ready and the store is silent
        nothing is served that could be taken away, and members that wait for each other are restarted together.

        Raises:
            JobError: the time is over, the lock was lost, or a StatefulSet is missing; the store keeps serving.
        """
        restarted = 0
        if (outdated := self._outdated()) and self._nothing_is_served():
            self.lock.check()
            for pod in outdated:
                self._delete(pod)
            restarted += len(outdated)
        while outdated := self._outdated():
            self._restart(outdated[0], {pod["metadata"]["name"] for pod in outdated if not is_ready(pod)})
            restarted += 1
        if restarted:
            self.job.deadline.wait("the store after the last restart", lambda: self.gate.healthy(None))
        return restarted

    def _restart(self, pod: dict[str, Any], broken: set[str]) -> None:
        name, uid = pod["metadata"]["name"], pod["metadata"]["uid"]

        def may_leave() -> None:
            self._nobody_else_is_away({name} | (set() if is_ready(pod) else broken))
            if is_ready(pod):
                self.gate.healthy(name)

        self.job.deadline.wait(f"leave to restart {name}", may_leave)
        self.lock.check()
        try:
            if is_ready(pod):
                self.gate.before(name)
            self._delete(pod)
            self.job.deadline.wait(f"pod {name}", lambda: self._is_back(name, uid))
            self.job.deadline.wait(f"the place of {name}", lambda: self.gate.rejoined(name))
        finally:
            self.gate.release()
        sys.stdout.write(f"restarted  pod {name}\n")

    def _delete(self, pod: dict[str, Any]) -> None:
        self.job.kubernetes.delete_pod(self.job.config.namespace, pod["metadata"]["name"], pod["metadata"]["uid"])

    def _nothing_is_served(self) -> bool:
        """Ask the pods and the store itself: nodes that only lost the control plane look unready, and still serve."""
        if any(is_ready(pod) for name in self.job.config.sets for pod in self._pods_of(self._current(name))):
            return False
        try:
            self.gate.healthy(None)
        except UnreachableError:
            return True
        except (JobError, NotYetError):
            return False
        return False

    def _outdated(self) -> list[dict[str, Any]]:
        found = [pod for name in self.job.config.sets for pod in self._outdated_of(name)]
        return sorted(found, key=is_ready)

    def _outdated_of(self, name: str) -> list[dict[str, Any]]:
        stateful_set = self._current(name)
        revision = stateful_set["status"]["updateRevision"]
        pods = [
            pod for pod in self._pods_of(stateful_set)
            if pod["metadata"]["labels"].get(REVISION) != revision or self.is_stale(pod)
        ]  # fmt: skip
        return sorted(pods, key=_ordinal, reverse=True)

    def _current(self, name: str) -> dict[str, Any]:
        """Return a StatefulSet whose status speaks of the template that it has now."""
        return self.job.deadline.wait(f"StatefulSet {name}", lambda: self._observed(name))

    def _observed(self, name: str) -> dict[str, Any]:
        stateful_set = self.job.kubernetes.stateful_set(self.job.config.namespace, name)
        if stateful_set is None:
            raise JobError(f"there is no StatefulSet {self.job.config.namespace}/{name}; nothing was restarted.")
        status = stateful_set.get("status") or {}
        if status.get("observedGeneration", 0) < stateful_set["metadata"]["generation"]:
            raise NotYetError("its controller has not seen the newest template")
        return stateful_set

    def _pods_of(self, stateful_set: dict[str, Any]) -> list[dict[str, Any]]:
        uid = stateful_set["metadata"]["uid"]
        pods = self.job.kubernetes.pods(self.job.config.namespace, stateful_set["spec"]["selector"]["matchLabels"])
        return [pod for pod in pods if any(owner["uid"] == uid for owner in pod["metadata"].get("ownerReferences", []))]

    def _nobody_else_is_away(self, spared: set[str]) -> None:
        for name in self.job.config.sets:
            stateful_set = self._observed(name)
            there = {pod["metadata"]["name"] for pod in self._pods_of(stateful_set) if is_ready(pod)}
            wanted = {f"{name}-{ordinal}" for ordinal in range(stateful_set["spec"]["replicas"])}
            if missing := sorted(wanted - there - spared):
                raise NotYetError(f"{', '.join(missing)} is not ready, and no second pod is taken away")

    def _is_back(self, name: str, old_uid: str) -> None:
        pod = self.job.kubernetes.pod(self.job.config.namespace, name)
        if pod is None or pod["metadata"]["uid"] == old_uid:
            raise NotYetError("it has not been made again")
        if not is_ready(pod):
            raise NotYetError(f"it is not ready: {trouble(pod)}")


def restart(
    job: JobContext[RestartConfig], gate: Gate, is_stale: Callable[[dict[str, Any]], bool] = lambda _: False
) -> int:
    """Restart what is outdated while the store's lock is held, say how many pods that were, and return it.

    Raises:
        JobError: as in `Restart.run`, or another job held the lock until the deadline.
    """
    with job.lock().held(job.deadline) as lock:
        if lock.inherited:
            # Its holder was killed, perhaps between `before` and `release`.
            gate.release()
        restarted = Restart(job, gate, lock, is_stale).run()
    say("restarted" if restarted else "unchanged", f"{restarted} in all" if restarted else "no pod is outdated")
    return restarted


def is_ready(pod: dict[str, Any]) -> bool:
    """Return whether a pod is ready and not on its way out."""
    conditions = (pod.get("status") or {}).get("conditions") or []
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
    return ready and not pod["metadata"].get("deletionTimestamp")


def trouble(pod: dict[str, Any]) -> str:
    """Return why a pod isn't ready, in the kubelet's or the scheduler's words."""
    status = pod.get("status") or {}
    for container in (*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])):
        waiting = (container.get("state") or {}).get("waiting")
        if waiting:
            return f"container {container['name']}: {waiting.get('reason')} {waiting.get('message', '')}".strip()
    for condition in status.get("conditions") or []:
        if condition["status"] != "True" and condition.get("message"):
            return condition["message"]
    return f"phase {status.get('phase', 'unknown')}"


def _ordinal(pod: dict[str, Any]) -> int:
    return int(pod["metadata"]["name"].rpartition("-")[2])
