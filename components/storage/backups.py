"""Snapshots and restores of a store that one process owns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, ResourceOptions

from components.foundation.access import locking, record_keeping, service_account
from components.foundation.labels import NetworkProfile, Workload, network_profile
from components.foundation.tasks import LEEWAY_SECONDS, USER, TaskArgs, on_demand_job, python_cron_job, python_job
from components.storage.archives import PROBE, PROBE_SECONDS, probe_workload
from components.storage.recovery import cron, kept_sets, snapshot_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.labels import Workload
    from components.foundation.programs import JobPrograms
    from components.settings.snapshots import RecoverySettings
    from components.storage.archives import SnapshotArchive

MEMORY = "512Mi"
"""One page of records, or one block of a file, at a time; beside it the ids of a Chroma collection, which take about
150 MB for each million."""


@dataclass(frozen=True, kw_only=True)
class BackupsArgs:
    """What snapshots and restores need to know.

    Attributes:
        store: its name; lock and record are called after it.
        kind: the programs are `snapshot` and `restore` of `components/stores/<kind>/jobs`.
        workloads: of the snapshot's and of the restore's pods.
        promise: from which schedule and retention are derived.
        archive: where snapshots go.
        image: a Python image.
        programs: where the modules lie.
        orders: what the programs know of the store itself.
        volumes: pod volumes of both jobs besides the archive's.
        mounts: where they are mounted.
        scratch: how large temporary files may become: SQLite's copy of one database is one.
        placement: further fields of both pods.
        labels: further labels of both pods.
        user: uid, gid and fsGroup of both.
    """

    store: str
    kind: str
    workloads: tuple[Workload, Workload]
    recovery: RecoverySettings
    archive: SnapshotArchive
    image: str
    programs: JobPrograms
    orders: Mapping[str, Any]
    volumes: tuple[dict[str, Any], ...] = ()
    mounts: tuple[dict[str, Any], ...] = ()
    scratch: str = "64Mi"
    placement: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    user: int = USER


def record_name(store: str) -> str:
    """Return the name of the ConfigMap in which a store's snapshots are noted."""
    return f"{store}-snapshots"


class Backups(ComponentResource):
    """A CronJob that takes snapshots as often as the recovery point asks, and a template for restores."""

    def __init__(self, name: str, args: BackupsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:storage:Backups", name, None, opts)
        child = ResourceOptions(parent=self)
        taking, restoring = args.workloads
        namespace = taking.namespace
        record, lock = record_name(args.store), f"{args.store}-operations"
        account = service_account(
            record,
            namespace,
            [*record_keeping(record, changing=True), *locking(lock)],
            child,
            annotations=args.archive.annotations,
        )
        orders = {
            "endpoint": "none",
            **args.orders,
            "store": args.store,
            "namespace": namespace,
            "deadlineSeconds": args.recovery.recovery_time,
            "lock": lock,
            "record": record,
            "archive": args.archive.orders,
            "retentionSeconds": args.recovery.retention,
            "count": kept_sets(args.recovery),
        }

        def task(workload: Workload, module: str, seconds: int = args.recovery.recovery_time) -> TaskArgs:
            return TaskArgs(
                workload=workload,
                image=args.image,
                programs=args.programs,
                module=module,
                desired=orders,
                deadline_seconds=seconds + LEEWAY_SECONDS,
                service_account=account,
                volumes=(*args.archive.volumes, *args.volumes),
                mounts=(*args.archive.mounts, *args.mounts),
                environment=args.archive.environment,
                memory=MEMORY,
                scratch=args.scratch,
                placement=args.placement,
                labels={**args.labels, **network_profile(args.kind, NetworkProfile.BACKUP)},
                user=args.user,
            )

        schedule = cron(snapshot_interval(args.recovery))
        programs = f"components.stores.{args.kind}.jobs"
        probe = task(probe_workload(namespace), PROBE, PROBE_SECONDS)
        python_job(f"{args.store}-archive-probe", probe, opts=child)
        python_cron_job(f"{args.store}-snapshots", task(taking, f"{programs}.snapshot"), schedule, opts=child)
        on_demand_job(f"{args.store}-restore", task(restoring, f"{programs}.restore"), opts=child)
        self.register_outputs({})
