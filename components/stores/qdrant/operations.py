"""What is done to the running vector store by the clock or on demand: snapshots, restores and drains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, ResourceOptions

from components.foundation.access import draining, locking, record_keeping, service_account
from components.foundation.guards import DRAIN_ACCOUNT
from components.foundation.tasks import on_demand_job, python_cron_job, python_job
from components.storage.archives import PROBE, PROBE_SECONDS, probe_workload
from components.stores.qdrant import workloads
from components.stores.qdrant.desired import LOCK, REMOVED_PEERS, SNAPSHOT_RECORD
from components.stores.qdrant.workloads import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.storage.archives import SnapshotArchive
    from components.stores.qdrant.job_factory import QdrantJobFactory


@dataclass(frozen=True, kw_only=True)
class VectorOperationsArgs:
    """What the jobs need to know.

    Attributes:
        workbench: image, programs, key and certificate of all jobs.
        stateful_set: the nodes' StatefulSet.
        moving: desired state of a drain.
        snapshots: desired state of a snapshot and of a restore.
        archive: where snapshots are.
        schedule: when they are taken.
    """

    job_factory: QdrantJobFactory
    stateful_set: str
    moving: Mapping[str, Any]
    snapshots: Mapping[str, Any]
    archive: SnapshotArchive
    schedule: str


class VectorOperations(ComponentResource):
    """Snapshots by the clock, and two templates for what people ask for."""

    def __init__(self, name: str, args: VectorOperationsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:qdrant:VectorOperations", name, None, opts)
        child = ResourceOptions(parent=self)
        vectors, bench, archive = NAMESPACE, args.job_factory, args.archive
        may_archive = service_account(
            "vectors-snapshots",
            vectors,
            [*record_keeping(SNAPSHOT_RECORD, changing=True), *locking(LOCK)],
            child,
            annotations=archive.annotations,
        )
        probe = bench.task(
            probe_workload(vectors),
            "probe",
            {**args.snapshots, "archive": archive.orders, "deadlineSeconds": PROBE_SECONDS},
            account=may_archive,
            archive=archive,
        )
        python_job("vectors-archive-probe", replace(probe, module=PROBE), opts=child)
        python_cron_job(
            "vectors-snapshots",
            bench.task(workloads.SNAPSHOT_JOB, "snapshot", args.snapshots, account=may_archive, archive=archive),
            args.schedule,
            opts=child,
        )
        on_demand_job(
            "vectors-restore",
            bench.task(workloads.RESTORE_JOB, "restore", args.snapshots, account=may_archive, archive=archive),
            opts=child,
        )
        rights = [
            *draining(vectors, [args.stateful_set]),
            *record_keeping(REMOVED_PEERS, changing=True),
            *locking(LOCK),
        ]
        may_drain = service_account(f"vectors-{DRAIN_ACCOUNT}", vectors, rights, child)
        on_demand_job(
            "vectors-drain",
            bench.task(workloads.DRAIN_JOB, "drain", args.moving, account=may_drain),
            opts=child,
        )
        self.register_outputs({})
