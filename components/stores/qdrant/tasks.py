"""What `up` runs in the vector store: bootstrap record, gated restart, rebalance, configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions

from components.foundation.access import (
    certificate_reading,
    locking,
    record_keeping,
    restarting,
    service_account,
)
from components.foundation.tasks import python_cron_job, python_job
from components.stores.qdrant import workloads
from components.stores.qdrant.desired import BOOTSTRAP_RECORD, LOCK
from components.stores.qdrant.workloads import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pulumi_kubernetes.batch.v1 import Job

    from components.stores.qdrant.job_factory import QdrantJobFactory

EVERY_NIGHT = "23 3 * * *"


@dataclass(frozen=True, kw_only=True)
class VectorJobsArgs:
    """What the jobs need to know.

    Attributes:
        workbench: image, programs, key and certificate of all jobs.
        stateful_set: the nodes' StatefulSet.
        pods: its pods.
        certificate: the nodes' Certificate.
        template: digest of the pods' template; a change of it makes a new restart.
        orders: what every job knows.
        moving: the same for jobs that may take hours.
        rebalancing: what the rebalance makes true: the copies that each collection declares, on all nodes.
        configuration: desired state of the configure job.
    """

    job_factory: QdrantJobFactory
    stateful_set: str
    pods: Sequence[str]
    certificate: str
    template: Output[str]
    orders: Mapping[str, Any]
    moving: Mapping[str, Any]
    rebalancing: Mapping[str, Any]
    configuration: Mapping[str, Any]


class VectorJobs(ComponentResource):
    """The bootstrap job, the restart, the rebalance, the configure job, each after the one before it.

    The restart also runs every night: gRPC and the peers' own port read a renewed certificate at a start only.
    """

    configured: Output[str]

    def __init__(self, name: str, args: VectorJobsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:qdrant:VectorJobs", name, None, opts)
        child = ResourceOptions(parent=self)
        vectors, bench = NAMESPACE, args.job_factory

        def after(job: Job) -> ResourceOptions:
            return ResourceOptions.merge(child, ResourceOptions(depends_on=[job]))

        may_record = service_account(f"{name}-bootstrap", vectors, record_keeping(BOOTSTRAP_RECORD), child)
        bootstrap = python_job(
            f"{name}-bootstrap",
            bench.task(workloads.BOOTSTRAP_JOB, "bootstrap", args.orders, account=may_record),
            opts=child,
        )
        rights = [
            *restarting([args.stateful_set], args.pods),
            *locking(LOCK),
            certificate_reading(args.certificate),
        ]
        may_restart = service_account(f"{name}-restart", vectors, rights, child)
        restart_task = bench.task(workloads.RESTART_JOB, "restart", args.moving, account=may_restart)
        restart = python_job(f"{name}-restart", restart_task, trigger=args.template, opts=after(bootstrap))
        may_lock = service_account(f"{name}-rebalance", vectors, locking(LOCK), child)
        rebalance = python_job(
            f"{name}-rebalance",
            bench.task(workloads.REBALANCE_JOB, "rebalance", args.rebalancing, account=may_lock),
            opts=after(restart),
        )
        configure = python_job(
            f"{name}-configure",
            bench.task(workloads.CONFIGURE_JOB, "configure", args.configuration),
            opts=after(rebalance),
        )
        python_cron_job("vectors-renewal", restart_task, EVERY_NIGHT, opts=after(configure))
        self.configured = configure.metadata.apply(lambda made: str(made.name))
        self.register_outputs({"configured": self.configured})
