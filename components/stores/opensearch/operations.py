"""What is done to a running cluster by the clock or on demand: snapshot checks, restores and drains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, ResourceOptions

from components.foundation.access import draining, locking, record_keeping, service_account
from components.foundation.guards import DRAIN_ACCOUNT
from components.foundation.tasks import on_demand_job, python_cron_job
from components.stores.opensearch import workloads
from components.stores.opensearch.desired import LOCK, SNAPSHOT_RECORD
from components.stores.opensearch.workloads import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.stores.opensearch.job_factory import OpenSearchJobFactory
    from components.stores.opensearch.topology import ZonalPool


@dataclass(frozen=True, kw_only=True)
class SearchOperationsArgs:
    """What the jobs need to know.

    Attributes:
        workbench: image, programs and certificate of all jobs.
        pools: which pods there are.
        drain: desired state of a drain.
        snapshots: desired state of the snapshot check and of a restore.
        schedule: when snapshots are checked.
    """

    job_factory: OpenSearchJobFactory
    pools: Sequence[ZonalPool]
    drain: Mapping[str, Any]
    snapshots: Mapping[str, Any]
    schedule: str


class SearchOperations(ComponentResource):
    """One CronJob that looks after the snapshots, and two templates for what people ask for."""

    def __init__(self, name: str, args: SearchOperationsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:opensearch:SearchOperations", name, None, opts)
        child = ResourceOptions(parent=self)
        search, bench = NAMESPACE, args.job_factory
        recording = record_keeping(SNAPSHOT_RECORD, changing=True)
        may_record = service_account("search-snapshots", search, recording, child)
        python_cron_job(
            "search-snapshots",
            bench.task(workloads.SNAPSHOT_JOB, "snapshots", args.snapshots, account=may_record),
            args.schedule,
            opts=child,
        )
        may_read = service_account("search-restore", search, [*record_keeping(SNAPSHOT_RECORD), *locking(LOCK)], child)
        on_demand_job(
            "search-restore",
            bench.task(workloads.RESTORE_JOB, "restore", args.snapshots, account=may_read),
            opts=child,
        )
        rights = draining(search, [pool.name for pool in args.pools])
        may_drain = service_account(f"search-{DRAIN_ACCOUNT}", search, [*rights, *locking(LOCK)], child)
        on_demand_job(
            "search-drain",
            bench.task(workloads.DRAIN_JOB, "drain", args.drain, account=may_drain),
            opts=child,
        )
        self.register_outputs({})
