"""One run of a job: made from its template in the cluster, with what it is asked for."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops.conditions import JOB_OVER, true_conditions
from ops.errors import RefusedError
from ops.following import Follower
from ops.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ops.cluster import Cluster

REQUEST = "BALLAST_REQUEST"
"""Environment variable in which a job finds what it is asked for, as JSON."""


@dataclass(frozen=True, kw_only=True)
class Template:
    """A CronJob, suspended or not, whose jobs can be run now.

    Attributes:
        cluster: where it is.
        cron_job: as the API server shows it.
    """

    cluster: Cluster
    cron_job: Mapping[str, Any]

    @classmethod
    def named(cls, cluster: Cluster, namespace: str, name: str) -> Template:
        """Return the template of that name.

        Raises:
            RefusedError: the cluster has none.
        """
        found = cluster.get("cronjob", namespace, name)
        if found is None:
            raise RefusedError(
                f"the cluster has no CronJob {namespace}/{name}, from which the job would be made. "
                "Nothing was changed. Bring the stack up first: pulumi up"
            )
        return cls(cluster=cluster, cron_job=found)

    @property
    def name(self) -> str:
        """Its name, with which the names of its jobs begin."""
        return self.cron_job["metadata"]["name"]

    @property
    def namespace(self) -> str:
        """Where it is, and its jobs."""
        return self.cron_job["metadata"]["namespace"]

    def config(self) -> dict[str, Any]:
        """Return what its jobs are told, as the last `pulumi up` wrote it.

        Raises:
            RefusedError: it is not there.
        """
        volumes = self.cron_job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["volumes"]
        name = next(volume["configMap"]["name"] for volume in volumes if volume["name"] == "config")
        found = self.cluster.get("configmap", self.namespace, name)
        if found is None:
            raise RefusedError(
                f"ConfigMap {self.namespace}/{name}, the configuration of {self.name}, is missing. "
                "Nothing was changed. Make it anew: pulumi up --refresh"
            )
        return json.loads(found["data"]["config.json"])

    def unfinished(self) -> list[str]:
        """Return the names of its jobs that still run."""
        own = self.cron_job["metadata"]["uid"]
        return [
            job["metadata"]["name"]
            for job in self.cluster.listing("jobs", self.namespace)
            if any(owner["uid"] == own for owner in job["metadata"].get("ownerReferences", []))
            and not true_conditions(job, *JOB_OVER)
        ]

    def job(self, request: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """Return a job that does what the template says, asked for something.

        Its owner is the CronJob, as with `kubectl create job --from`: so Kubernetes clears away old ones. The longest
        name, of a volume with 20 letters, has 53 of the 63 characters that a label may have.

        Args:
            request: JSON for the program.
            now: becomes part of its name.
        """
        template = self.cron_job["spec"]["jobTemplate"]
        spec = copy.deepcopy(template["spec"])
        container = spec["template"]["spec"]["containers"][0]
        container["env"] = [*container.get("env", []), {"name": REQUEST, "value": json.dumps(request)}]
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {
                "name": f"{self.name}-{now:%Y%m%d-%H%M%S}",
                "namespace": self.namespace,
                "labels": template.get("metadata", {}).get("labels", {}),
                "annotations": {"cronjob.kubernetes.io/instantiate": "manual"},
                "ownerReferences": [
                    {
                        "apiVersion": "batch/v1",
                        "kind": "CronJob",
                        "name": self.name,
                        "uid": self.cron_job["metadata"]["uid"],
                        "controller": True,
                    }
                ],
            },
            "spec": spec,
        }

    def run(self, request: Mapping[str, Any], now: datetime, patience_seconds: float) -> None:
        """Make a job and follow it to its end.

        Raises:
            RefusedError: it could not be made, it failed, or it was not over in time; then it goes on.
            InterruptedRunError: the person stopped looking; the job goes on.
        """
        for other in self.unfinished():
            say("waiting", f"job {self.namespace}/{other} still runs; both take the store's lock, one after the other")
        job = self.job(request, now)
        name = job["metadata"]["name"]
        follower = Follower(cluster=self.cluster, namespace=self.namespace, job=name, patience_seconds=patience_seconds)
        with follower.interruptible():
            self.cluster.create(job)
            say("started", f"job {self.namespace}/{name}")
            follower.follow()
