"""The real Prometheus Operator with a service account's rights and no others."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from toolchain import processes
from toolchain.toolbox import require

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from toolchain.cluster import Cluster

PART = "prometheus-operator"
SECONDS = 30.0


def stop_own_operator(cluster: Cluster) -> None:
    """End the operator that a local cluster runs by itself, with all rights there are."""
    pid = cluster.status().pids[PART]
    assert pid is not None
    identity = processes.identity(pid)
    assert identity is not None
    processes.stop(pid, identity, 0)


class RunningOperator:
    """An operator that was started, and what it said."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def said(self) -> str:
        """All its log."""
        return self._log.read_text()

    def wait_until_it_says(self, pattern: str) -> str:
        """Wait for a line of its log and return it."""
        deadline = time.monotonic() + SECONDS
        while not (found := re.search(f".*({pattern}).*", self.said())):
            assert time.monotonic() < deadline, f"not said within {SECONDS:.0f} s: {pattern}\n{self.said()[-2000:]}"
            time.sleep(0.1)
        return found[0]


@contextmanager
def operator_as(account: str, namespace: str, arguments: Sequence[str], cluster: Cluster) -> Iterator[RunningOperator]:
    """Run the operator with a service account's token; ended and waited for at the end.

    Args:
        account: name of the service account.
        namespace: its namespace.
        arguments: of its container; only where it listens is another place.
        cluster: where it works.
    """
    token = cluster.kubectl("-n", namespace, "create", "token", account).stdout.strip()
    config = json.loads(cluster.kubeconfig.read_text())
    config["users"] = [{"name": user["name"], "user": {"token": token}} for user in config["users"]]
    kubeconfig = cluster.home / "operator-under-test.kubeconfig"
    kubeconfig.touch(0o600)
    kubeconfig.write_text(json.dumps(config))
    on_loopback = [word for word in arguments if not word.startswith("--web.listen-address")]
    log = cluster.home / "operator-under-test.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(require(PART)), *on_loopback, "--web.listen-address=127.0.0.1:0"],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], "HOME": str(cluster.home), "KUBECONFIG": str(kubeconfig)},
        )
    try:
        yield RunningOperator(log)
    finally:
        process.kill()
        process.wait()
