"""What `up` runs in a cluster: the bootstrap record, the gated restart, and the configuration that files can't say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions

from components.foundation.access import locking, record_keeping, restarting, service_account
from components.foundation.tasks import python_job
from components.stores.opensearch import workloads
from components.stores.opensearch.desired import BOOTSTRAP_RECORD, LOCK
from components.stores.opensearch.workloads import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.stores.opensearch.job_factory import OpenSearchJobFactory
    from components.stores.opensearch.topology import ZonalPool


@dataclass(frozen=True, kw_only=True)
class SearchJobsArgs:
    """What the jobs need to know.

    Attributes:
        workbench: image, programs and certificate of all jobs.
        pools: which pods there are.
        bootstrap: desired state of the bootstrap job.
        restart: desired state of the restart job.
        templates: digest of the pods' templates; a change of it makes a new restart.
        configuration: desired state of the configure job.
        passwords: Secret names by user.
    """

    job_factory: OpenSearchJobFactory
    pools: Sequence[ZonalPool]
    bootstrap: Mapping[str, Any]
    restart: Mapping[str, Any]
    templates: Output[str]
    configuration: Mapping[str, Any]
    passwords: Mapping[str, Output[str]]


class SearchJobs(ComponentResource):
    """The bootstrap job, then the restart job, then the configure job."""

    configured: Output[str]

    def __init__(self, name: str, args: SearchJobsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:opensearch:SearchJobs", name, None, opts)
        child = ResourceOptions(parent=self)
        bench = args.job_factory
        may_record = service_account(f"{name}-bootstrap", NAMESPACE, record_keeping(BOOTSTRAP_RECORD), child)
        bootstrap = python_job(
            f"{name}-bootstrap",
            bench.task(workloads.BOOTSTRAP_JOB, "bootstrap", args.bootstrap, account=may_record),
            opts=child,
        )
        rights = restarting([pool.name for pool in args.pools], [pod for pool in args.pools for pod in pool.pods])
        may_restart = service_account(f"{name}-restart", NAMESPACE, [*rights, *locking(LOCK)], child)
        restart = python_job(
            f"{name}-restart",
            bench.task(workloads.RESTART_JOB, "restart", args.restart, account=may_restart),
            trigger=args.templates,
            opts=ResourceOptions.merge(child, ResourceOptions(depends_on=[bootstrap])),
        )
        configure = python_job(
            f"{name}-configure",
            bench.task(workloads.CONFIGURE_JOB, "configure", args.configuration, passwords=args.passwords),
            opts=ResourceOptions.merge(child, ResourceOptions(depends_on=[restart])),
        )
        self.configured = configure.metadata.apply(lambda made: str(made.name))
        self.register_outputs({"configured": self.configured})
