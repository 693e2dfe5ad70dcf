"""The jobs of a store, made from a list: what `up` runs, what the clock runs, and templates for what people ask for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions

from components.foundation.access import locking, record_keeping, service_account
from components.foundation.jobkit.config import ArchiveProbeConfig
from components.foundation.labels import NetworkProfile, network_profile
from components.foundation.tasks import LEEWAY_SECONDS, TaskArgs, on_demand_job, python_cron_job, python_job
from components.settings.recovery import cron, snapshot_interval
from components.storage.archives import probe_workload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.foundation.access import Rule
    from components.foundation.jobkit.config import JobConfig, SnapshotJobConfig
    from components.foundation.labels import Workload
    from components.foundation.tasks import JobPod
    from components.settings.platform_name import PlatformName
    from components.settings.snapshots import RecoverySettings
    from components.storage.archives import SnapshotArchive
    from components.storage.buckets import BucketIdentity

PROBE_SECONDS = 600
"""How long a probe of the archive may take: a first mount of a new volume fits in it."""


@dataclass(frozen=True, kw_only=True)
class StoreJob:
    """One job of a store.

    Attributes:
        name: of the Job or CronJob, and of its service account.
        workload: by which its pods are selected.
        module: its program, by its whole path.
        config: what the program is told.
        rights: of its service account; without any it doesn't call the Kubernetes API.
        account: name of another job's service account, whose rights it shares.
        secrets: what it mounts besides the secrets of all jobs of the store, by folder.
        identity: by which AWS knows its pods, where they ask something of it.
        trigger: what else makes a new run when it changes.
    """

    name: str
    workload: Workload
    module: str
    config: JobConfig
    rights: Sequence[Rule] = ()
    account: str = ""
    secrets: Mapping[str, list[Any]] | None = None
    identity: BucketIdentity | None = None
    trigger: Output[str] | None = None


@dataclass(frozen=True, kw_only=True)
class ArchiveJobs:
    """The three jobs of a store with an archive: a probe of it, snapshots by the clock, and a restore on demand.

    Attributes:
        archive: where snapshots go.
        config: what snapshot and restore are told.
        recovery: what the store promises, from which the schedule follows.
        workloads: the snapshot's and the restore's pods.
        memory: of all three.
        notes: ConfigMaps in which they write besides the record of snapshots.
    """

    archive: SnapshotArchive
    config: SnapshotJobConfig
    recovery: RecoverySettings
    workloads: tuple[Workload, Workload]
    memory: str
    notes: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class StoreJobsArgs:
    """What the jobs of a store are.

    Attributes:
        namespace: where they run.
        store: what the names of its archive's jobs begin with.
        network: what the names of its network profiles begin with.
        package: where the programs of snapshot and restore lie.
        pod: what all pods have in common.
        at_update: run by `up`, each after the one before it.
        scheduled: run by the clock, by cron expression.
        on_demand: templates for the `ballast` command.
        archive: jobs of the archive, where the store has one.
    """

    namespace: PlatformName
    store: str
    network: str
    pod: JobPod
    package: str = ""
    at_update: Sequence[StoreJob] = ()
    scheduled: Mapping[str, StoreJob] | None = None
    on_demand: Sequence[StoreJob] = ()
    archive: ArchiveJobs | None = None


class StoreJobs(ComponentResource):
    """Everything that runs beside a store and ends."""

    def __init__(self, name: str, args: StoreJobsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:storage:StoreJobs", name, None, opts)
        self._args, self._accounts = args, {}
        self._child = child = ResourceOptions(parent=self)
        for job in args.at_update:
            made = python_job(job.name, self._task(job), trigger=job.trigger, opts=child)
            child = ResourceOptions(parent=self, depends_on=[made])
        for schedule, job in (args.scheduled or {}).items():
            python_cron_job(job.name, self._task(job), schedule, opts=child)
        for job in args.on_demand:
            on_demand_job(job.name, self._task(job), opts=child)
        if args.archive is not None:
            self._archive_jobs(args.archive, child)
        self.register_outputs({})

    def _archive_jobs(self, jobs: ArchiveJobs, child: ResourceOptions) -> None:
        store, snapshots = self._args.store, f"{self._args.store}-snapshots"
        taking, restoring = jobs.workloads
        records = record_keeping(jobs.config.snapshots.record, *jobs.notes, changing=True)
        rights = [*records, *locking(jobs.config.lock)]
        snapshot = StoreJob(
            name=snapshots,
            workload=taking,
            module=f"{self._args.package}.snapshot",
            config=jobs.config,
            rights=rights,
        )
        restore = StoreJob(
            name=f"{store}-restore",
            workload=restoring,
            module=f"{self._args.package}.restore",
            config=jobs.config,
            account=snapshots,
        )
        probe = StoreJob(
            name=f"{store}-archive-probe",
            workload=probe_workload(self._args.namespace),
            module="components.foundation.jobkit.probe",
            config=ArchiveProbeConfig(deadline_seconds=PROBE_SECONDS, archive=jobs.archive.config),
            account=snapshots,
        )
        python_cron_job(snapshots, self._task(snapshot, jobs), cron(snapshot_interval(jobs.recovery)), opts=child)
        on_demand_job(restore.name, self._task(restore, jobs), opts=child)
        python_job(probe.name, self._task(probe, jobs), opts=child)

    def _task(self, job: StoreJob, jobs: ArchiveJobs | None = None) -> TaskArgs:
        args, pod = self._args, self._args.pod
        account = self._account(job, jobs)
        if jobs is not None:
            archive = jobs.archive
            pod = replace(
                pod,
                volumes=(*archive.volumes, *pod.volumes),
                mounts=(*archive.mounts, *pod.mounts),
                environment=archive.environment,
                memory=jobs.memory,
            )
        if job.identity is not None:
            known = job.identity
            pod = replace(pod, volumes=known.volumes, mounts=known.mounts, environment=known.environment)
        elif account is not None:
            profile = NetworkProfile.ADMIN if jobs is None else NetworkProfile.BACKUP
            pod = replace(pod, labels={**pod.labels, **network_profile(args.network, profile)})
        return TaskArgs(
            workload=job.workload,
            module=job.module,
            config=job.config,
            deadline_seconds=int(job.config.deadline_seconds) + LEEWAY_SECONDS,
            pod=replace(pod, secrets={**pod.secrets, **(job.secrets or {})}),
            service_account=account,
        )

    def _account(self, job: StoreJob, jobs: ArchiveJobs | None) -> Output[str] | None:
        if job.rights or job.identity is not None:
            known = job.identity or (None if jobs is None else jobs.archive)
            annotations = {} if known is None else known.annotations
            self._accounts[job.name] = service_account(
                job.name, self._args.namespace, job.rights, self._child, annotations=annotations
            )
        return self._accounts.get(job.account or job.name)
