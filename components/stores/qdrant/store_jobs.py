"""The jobs of the vector store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from components.foundation.access import certificate_reading, draining, locking, record_keeping, restarting
from components.storage.store_jobs import ArchiveJobs, StoreJob, StoreJobsArgs
from components.stores.qdrant import workloads
from components.stores.qdrant.job_configs import (
    BOOTSTRAP_RECORD,
    LOCK,
    REMOVED_PEERS,
    UNFINISHED_RESTORE,
    QdrantJobConfigs,
)
from components.stores.qdrant.settings import NAMESPACE

if TYPE_CHECKING:
    from pulumi import Output

    from components.foundation.tasks import JobPod
    from components.storage.archives import SnapshotArchive
    from components.stores.qdrant.settings import QdrantSettings

PROGRAMS = "components.stores.qdrant.jobs"
EVERY_NIGHT = "23 3 * * *"


def store_jobs(
    name: str,
    settings: QdrantSettings,
    *,
    certificate: str,
    template: Output[str],
    archive: SnapshotArchive,
    pod: JobPod,
) -> StoreJobsArgs:
    """Return the jobs: `up` notes the formation, restarts, rebalances and configures, in this order.

    Args:
        name: of the StatefulSet.
        settings: of the store.
        certificate: the nodes' Certificate.
        template: digest of the pods' template; a change of it makes a new restart.
        archive: where snapshots are.
        pod: what all pods have in common: image, programs, the store's key and authority.
    """
    configs = QdrantJobConfigs(name, settings)
    pods = [f"{name}-{ordinal}" for ordinal in range(settings.nodes)]
    restart = StoreJob(
        name=f"{name}-jobs-restart",
        workload=workloads.RESTART_JOB,
        module=f"{PROGRAMS}.restart",
        config=configs.restart(certificate),
        rights=[*restarting([name], pods), *locking(LOCK), certificate_reading(certificate)],
        trigger=template,
    )
    rebalance = StoreJob(
        name=f"{name}-jobs-rebalance",
        workload=workloads.REBALANCE_JOB,
        module=f"{PROGRAMS}.rebalance",
        config=configs.rebalance(),
        rights=locking(LOCK),
    )
    return StoreJobsArgs(
        namespace=NAMESPACE,
        store="qdrant",
        network="qdrant",
        package=PROGRAMS,
        pod=pod,
        at_update=[
            StoreJob(
                name=f"{name}-jobs-bootstrap",
                workload=workloads.BOOTSTRAP_JOB,
                module=f"{PROGRAMS}.bootstrap",
                config=configs.bootstrap(),
                rights=record_keeping(BOOTSTRAP_RECORD),
            ),
            restart,
            rebalance,
            StoreJob(
                name=f"{name}-jobs-configure",
                workload=workloads.CONFIGURE_JOB,
                module=f"{PROGRAMS}.configure",
                config=configs.configure(),
            ),
        ],
        # gRPC and the peers' own port read a renewed certificate at a start only.
        scheduled={EVERY_NIGHT: replace(restart, name="qdrant-renewal", account=restart.name, rights=())},
        on_demand=[
            StoreJob(
                name="qdrant-drain",
                workload=workloads.DRAIN_JOB,
                module=f"{PROGRAMS}.drain",
                config=configs.drain(),
                rights=[
                    *draining(NAMESPACE, [name]),
                    *record_keeping(REMOVED_PEERS, changing=True),
                    *locking(LOCK),
                ],
            ),
            replace(rebalance, name="qdrant-rebalance", account=rebalance.name, rights=()),
            StoreJob(
                name="qdrant-replace",
                workload=workloads.REPLACE_JOB,
                module=f"{PROGRAMS}.replace",
                config=configs.replace(),
                rights=[
                    *restarting([name], pods),
                    *record_keeping(REMOVED_PEERS, changing=True),
                    *locking(LOCK),
                ],
            ),
        ],
        archive=ArchiveJobs(
            archive=archive,
            config=configs.snapshots(archive),
            recovery=settings.recovery,
            workloads=(workloads.SNAPSHOT_JOB, workloads.RESTORE_JOB),
            memory="256Mi",
            notes=[UNFINISHED_RESTORE],
        ),
    )
