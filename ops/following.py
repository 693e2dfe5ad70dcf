"""Shows a job while it runs: its log, what it waits for, how it ended."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ops.conditions import JOB_OVER, true_conditions
from ops.errors import RefusedError
from ops.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ops.cluster import Cluster

PAUSE_SECONDS = 2.0
"""Between two looks at the job."""

FAILED = "failed"
"""What the line begins with in which a job says why it failed."""

OVER = ("Succeeded", "Failed")


class InterruptedRunError(Exception):
    """The person stopped looking at a job that goes on; the message says how to see it again."""


@dataclass(kw_only=True)
class Follower:
    """Looks at one job.

    Attributes:
        cluster: where it runs.
        namespace: where it runs there.
        job: its name.
        patience_seconds: how long to look.
    """

    cluster: Cluster
    namespace: str
    job: str
    patience_seconds: float
    _shown: dict[str, int] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)
    _reason: str = ""
    _state: str = ""

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """Turn Ctrl-C into a sentence about the job that goes on.

        Raises:
            InterruptedRunError: Ctrl-C was pressed.
        """
        try:
            yield
        except KeyboardInterrupt:
            raise InterruptedRunError(f"interrupted; job {self.namespace}/{self.job} goes on. {self._again}") from None

    def follow(self) -> None:
        """Show the log of every pod of the job until it is complete; it tries again by itself when a pod fails.

        Raises:
            RefusedError: it failed for good, it was deleted, or it is not over in time.
        """
        end = time.monotonic() + self.patience_seconds
        while True:
            over = self._look(end)
            if over is not None:
                self._judge(over)
                return
            if time.monotonic() >= end:
                raise RefusedError(f"job {self.namespace}/{self.job} is not over yet and goes on. {self._again}")
            time.sleep(min(PAUSE_SECONDS, max(0.0, end - time.monotonic())))

    def _look(self, end: float) -> dict[str, Any] | None:
        """Show what is new; return the condition with which the job ended, or None while it runs."""
        try:
            job = self.cluster.get("job", self.namespace, self.job)
            labels = {"batch.kubernetes.io/job-name": self.job}
            pods = self.cluster.listing("pods", self.namespace, labels=labels)
        except RefusedError as error:
            # The job needs nobody who looks at it: a network that is away for a while ends nothing.
            self._tell(str(error))
            return None
        if job is None:
            raise RefusedError(f"job {self.namespace}/{self.job} was deleted before it was over. Look at its store.")
        for pod in sorted(pods, key=lambda pod: pod["metadata"]["creationTimestamp"]):
            self._show(pod, end)
        over = true_conditions(job, *JOB_OVER)
        if over:
            return over[0]
        self._tell(self._waits_for(job, pods))
        return None

    def _show(self, pod: Mapping[str, Any], end: float) -> None:
        """Print the lines of a pod's log that were not printed yet, until it ends or the log breaks off."""
        name, phase = pod["metadata"]["name"], pod["status"]["phase"]
        if name in self._read or phase not in ("Running", *OVER):
            return
        process = self.cluster.log(self.namespace, name)
        # A pod may be silent for hours; the patience ends all the same.
        timer = threading.Timer(max(0.0, end - time.monotonic()), process.terminate)
        timer.start()
        try:
            number = 0
            for number, line in enumerate(process.stdout or (), start=1):
                if number > self._shown.get(name, 0):
                    self._print(line)
            self._shown[name] = max(number, self._shown.get(name, 0))
            if process.wait() and not timer.finished.is_set():
                self._tell(f"the log of pod {name} can't be read now")
        finally:
            timer.cancel()
            process.terminate()
            process.wait()
        if phase in OVER:
            self._read.add(name)

    def _print(self, line: str) -> None:
        if line.startswith(FAILED):
            self._reason = line.removeprefix(FAILED).strip()
        sys.stdout.write(line if line.endswith("\n") else f"{line}\n")
        sys.stdout.flush()

    def _waits_for(self, job: Mapping[str, Any], pods: list[dict[str, Any]]) -> str:
        """Return why nothing runs, or nothing while something does."""
        live = [pod for pod in pods if pod["status"]["phase"] not in OVER]
        if live:
            return next((reason for pod in live if (reason := _why_pending(pod))), "")
        if failed := job.get("status", {}).get("failed", 0):
            return f"attempt {failed} of {job['spec']['backoffLimit'] + 1} failed; the next one follows by itself"
        # Why no pod is made stands in events only, which not everybody may read.
        with contextlib.suppress(RefusedError):
            about = f"involvedObject.name={self.job},type=Warning"
            if events := self.cluster.listing("events", self.namespace, fields=about):
                return events[-1]["message"]
        return ""

    def _tell(self, state: str) -> None:
        if state and state != self._state:
            say("waiting", state)
        self._state = state

    def _judge(self, over: Mapping[str, Any]) -> None:
        if over["type"] == "Complete":
            say("complete", f"job {self.namespace}/{self.job}")
            return
        reason = self._reason or f"{over.get('reason', '')}: {over.get('message', '')}."
        raise RefusedError(f"job {self.namespace}/{self.job} failed: {reason}")

    @property
    def _again(self) -> str:
        again = self.cluster.command("logs", "--follow", f"--namespace={self.namespace}", f"job/{self.job}")
        return f"See it again: {again}"


def _why_pending(pod: Mapping[str, Any]) -> str:
    """Return why a pod's container doesn't run; nothing when it does."""
    name, status = pod["metadata"]["name"], pod["status"]
    for container in status.get("containerStatuses", []):
        waiting = container.get("state", {}).get("waiting", {})
        if waiting:
            return f"pod {name}: {waiting.get('reason', '')} {waiting.get('message', '')}".strip()
    for condition in status.get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return f"pod {name} has no node: {condition.get('message', '')}"
    return ""
