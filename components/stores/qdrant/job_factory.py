"""What every job of the vector store has in common: its image, its program, the store's key and certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.foundation.labels import NetworkProfile, network_profile
from components.foundation.tasks import LEEWAY_SECONDS, TaskArgs
from components.stores.qdrant.keys import JOB_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi import Output

    from components.foundation.labels import Workload
    from components.foundation.programs import JobPrograms
    from components.storage.archives import SnapshotArchive


@dataclass(frozen=True, kw_only=True)
class QdrantJobFactory:
    """Makes the arguments of jobs.

    Attributes:
        image: a Python image.
        programs: where the modules lie.
        certificate: Secret of the nodes, of which jobs see the authority alone.
        key: Secret with the API key.
    """

    image: str
    programs: JobPrograms
    certificate: Output[str]
    key: Output[str]

    def task(
        self,
        workload: Workload,
        module: str,
        orders: Mapping[str, Any],
        *,
        account: Output[str] | None = None,
        archive: SnapshotArchive | None = None,
    ) -> TaskArgs:
        """Return the arguments of the job that runs `components.stores.qdrant.jobs.<module>`.

        Args:
            workload: which job it is.
            module: its program.
            orders: its desired state.
            account: its service account, where it calls the Kubernetes API.
            archive: where snapshots are, where it takes or restores them.
        """
        return TaskArgs(
            workload=workload,
            image=self.image,
            programs=self.programs,
            module=f"components.stores.qdrant.jobs.{module}",
            desired=orders,
            deadline_seconds=int(orders["deadlineSeconds"]) + LEEWAY_SECONDS,
            secrets={
                "tls": [{"secret": {"name": self.certificate, "items": [{"key": "ca.crt", "path": "ca.crt"}]}}],
                "secrets": [{"secret": {"name": self.key, "items": [{"key": JOB_KEY, "path": JOB_KEY}]}}],
            },
            service_account=account,
            labels={}
            if account is None
            else network_profile("vectors", NetworkProfile.BACKUP if archive else NetworkProfile.ADMIN),
            volumes=archive.volumes if archive else (),
            mounts=archive.mounts if archive else (),
            environment=archive.environment if archive else (),
            memory="64Mi" if archive is None else "256Mi",
        )
