"""What programs of the search cluster begin with, besides the frame of all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from components.foundation.jobkit import program
from components.foundation.jobkit.kubernetes import Kubernetes
from components.foundation.jobkit.waiting import Deadline

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.foundation.jobkit.client import Client
    from components.foundation.jobkit.orders import Orders

    Work = Callable[[Orders, Client, Kubernetes, Deadline], str]


def run(name: str, work: Work) -> int:
    """Run a job as the cluster's administrator and its pod's service account; return the exit code."""

    def working(orders: Orders) -> None:
        deadline = Deadline.after(orders.deadline_seconds)
        program.tell(work(orders, orders.administrator(), Kubernetes.from_pod(os.environ), deadline))

    return program.run(name, working)
