"""The jobs of the OpenSearch cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.credentials.passwords import PASSWORD_KEY
from components.foundation.access import draining, locking, record_keeping, restarting
from components.storage.store_jobs import StoreJob, StoreJobsArgs
from components.stores.opensearch import workloads
from components.stores.opensearch.job_configs import BOOTSTRAP_RECORD, LOCK, SNAPSHOT_RECORD
from components.stores.opensearch.schedules import snapshot_check
from components.stores.opensearch.settings import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi import Output

    from components.foundation.tasks import JobPod
    from components.storage.buckets import BucketIdentity
    from components.stores.opensearch.job_configs import OpenSearchJobConfigs
    from components.stores.opensearch.jobs.config import ConfigureConfig
    from components.stores.opensearch.log_pipeline_settings import DataPrepperSettings
    from components.stores.opensearch.repositories import SnapshotRepository

PROGRAMS = "components.stores.opensearch.jobs"
CONFIGURE = "opensearch-jobs-configure"
"""The job that configures the cluster, and its service account where it has one."""


def store_jobs(
    configs: OpenSearchJobConfigs,
    *,
    templates: Output[str],
    repository: SnapshotRepository,
    logs: DataPrepperSettings | None,
    passwords: Mapping[str, Output[str]],
    pod: JobPod,
) -> StoreJobsArgs:
    """Return the jobs: `up` notes the formation, restarts and configures, in this order.

    Args:
        configs: what they are told.
        templates: digest of the pods' templates; a change of it makes a new restart.
        repository: where snapshots go.
        logs: what writes logs into the cluster.
        passwords: Secret names by user.
        pod: what all pods have in common: image, programs, the administrator's certificate.
    """
    sets = [pool.name for pool in configs.pools]
    return StoreJobsArgs(
        namespace=NAMESPACE,
        store="opensearch",
        network="opensearch",
        pod=pod,
        at_update=[
            StoreJob(
                name="opensearch-jobs-bootstrap",
                workload=workloads.BOOTSTRAP_JOB,
                module=f"{PROGRAMS}.bootstrap",
                config=configs.bootstrap(),
                rights=record_keeping(BOOTSTRAP_RECORD),
            ),
            StoreJob(
                name="opensearch-jobs-restart",
                workload=workloads.RESTART_JOB,
                module=f"{PROGRAMS}.restart",
                config=configs.restart(),
                rights=[*restarting(sets, [pod for pool in configs.pools for pod in pool.pods]), *locking(LOCK)],
                trigger=templates,
            ),
            configuring(configs.configure(repository, logs), passwords),
        ],
        scheduled=checking(configs),
        on_demand=[
            restoring(configs),
            StoreJob(
                name="opensearch-drain",
                workload=workloads.DRAIN_JOB,
                module=f"{PROGRAMS}.drain",
                config=configs.drain(),
                rights=[*draining(NAMESPACE, sets), *locking(LOCK)],
            ),
        ],
    )


def configuring(
    config: ConfigureConfig, passwords: Mapping[str, Output[str]], identity: BucketIdentity | None = None
) -> StoreJob:
    """Return the job that makes the cluster what its configuration says.

    Args:
        config: what it is told.
        passwords: Secret names by user.
        identity: by which AWS knows it, where it registers a repository there.
    """
    return StoreJob(
        name=CONFIGURE,
        workload=workloads.CONFIGURE_JOB,
        module=f"{PROGRAMS}.configure",
        config=config,
        secrets={"secrets": [mounted_password(user, secret) for user, secret in passwords.items()]},
        identity=identity,
    )


def mounted_password(user: str, secret: Output[str]) -> dict[str, Any]:
    """Return where a password comes from, as a file called like its user."""
    return {"secret": {"name": secret, "items": [{"key": PASSWORD_KEY, "path": user}]}}


def checking(configs: OpenSearchJobConfigs) -> dict[str, StoreJob]:
    """Return the job that looks after the snapshots, by its schedule."""
    job = StoreJob(
        name="opensearch-snapshots",
        workload=workloads.SNAPSHOT_JOB,
        module=f"{PROGRAMS}.snapshots",
        config=configs.snapshots(),
        rights=record_keeping(SNAPSHOT_RECORD, changing=True),
    )
    return {snapshot_check(configs.settings.recovery): job}


def restoring(configs: OpenSearchJobConfigs) -> StoreJob:
    """Return the job that brings indexes back."""
    return StoreJob(
        name="opensearch-restore",
        workload=workloads.RESTORE_JOB,
        module=f"{PROGRAMS}.restore",
        config=configs.restore(),
        rights=[*record_keeping(SNAPSHOT_RECORD), *locking(LOCK)],
    )
