"""What stands in the cluster beside a domain that AWS runs: whom its clients trust, and its jobs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import Secret

from components.credentials.certificates import CertificateAuthority, CertificateAuthorityArgs
from components.foundation.connections import Connection, ExternalEndpoint, egress, job_endpoint
from components.foundation.labels import NetworkProfile
from components.foundation.programs import job_programs
from components.foundation.tasks import JobPod
from components.storage.snapshot_metrics import SnapshotMetrics, SnapshotMetricsArgs, snapshot_metrics_endpoint
from components.storage.store_jobs import StoreJobs, StoreJobsArgs
from components.stores.opensearch.cluster import OpenSearchCluster
from components.stores.opensearch.job_configs import SNAPSHOT_RECORD
from components.stores.opensearch.managed_job_configs import ManagedJobConfigs
from components.stores.opensearch.managed_settings import PORT
from components.stores.opensearch.repositories import domain_repository
from components.stores.opensearch.search_endpoint import SearchEndpoint
from components.stores.opensearch.settings import NAMESPACE
from components.stores.opensearch.store_jobs import checking, configuring, mounted_password, restoring
from components.stores.opensearch.users import ADMIN_USER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.data_protection import DataProtection
    from components.settings.bucket import BucketSettings
    from components.storage.buckets import BucketIdentity
    from components.stores.opensearch.log_pipeline_settings import DataPrepperSettings
    from components.stores.opensearch.settings import OpenSearchSettings

AUTHORITIES = Path(__file__).parent / "amazon_trust.pem"
"""Amazon's root certificates, one of which vouches for every domain (https://www.amazontrust.com/repository/)."""


@dataclass(frozen=True, kw_only=True)
class ManagedOpenSearchArgs:
    """What is needed to know.

    Attributes:
        settings: recovery, snapshots, indexes.
        url: where the domain answers.
        egress_cidrs: networks in which it does.
        snapshots: the bucket, with the role that the domain takes on.
        identity: by which AWS knows the configure job.
        registrar: ARN of that job's role.
        job_image: the Python image of the jobs.
        passwords: Secret names by user of the domain.
        logs: what writes logs into it, with a user of its own; none where logs are kept elsewhere.
        protection: how the certificate authority is kept.
    """

    settings: OpenSearchSettings
    url: Output[str]
    egress_cidrs: tuple[str, ...]
    snapshots: BucketSettings
    identity: BucketIdentity
    registrar: str
    job_image: str
    passwords: Mapping[str, Output[str]]
    logs: DataPrepperSettings | None
    protection: DataProtection


class ManagedOpenSearch(ComponentResource):
    """A domain as its clients know it: an endpoint like that of a cluster, and the jobs that configure and restore."""

    endpoint: SearchEndpoint
    issuer: Output[str]

    configure_job = OpenSearchCluster.configure_job
    admin_jobs = job_endpoint(NAMESPACE, NetworkProfile.ADMIN, "opensearch")
    endpoints = (admin_jobs, snapshot_metrics_endpoint(NAMESPACE))

    def __init__(self, name: str, args: ManagedOpenSearchArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:opensearch:ManagedOpenSearch", name, None, opts)
        self._identity = args.identity
        child = ResourceOptions(parent=self)
        trusted = Secret(
            f"{name}-trusted",
            metadata={"namespace": str(NAMESPACE)},
            string_data={"ca.crt": AUTHORITIES.read_text(encoding="ascii")},
            opts=child,
        )
        authority = CertificateAuthority(
            f"{name}-authority",
            CertificateAuthorityArgs(namespace=NAMESPACE, protection=args.protection),
            opts=child,
        )
        self.issuer = authority.issuer
        self.endpoint = SearchEndpoint(
            url=args.url,
            authority=trusted.metadata.apply(lambda metadata: str(metadata.name)),
            server=ExternalEndpoint(name="opensearch-domain", cidrs=args.egress_cidrs, ports={"https": PORT}),
        )
        self._jobs(args, child)
        self.register_outputs({"issuer": self.issuer})

    @property
    def connections(self) -> list[Connection]:
        """The paths that it needs."""
        return [
            self.endpoint.reached_by(self.admin_jobs),
            self.endpoint.reached_by(self.configure_job),
            *egress(self.configure_job, *self._identity.endpoints),
        ]

    def _jobs(self, args: ManagedOpenSearchArgs, child: ResourceOptions) -> None:
        name = self._name
        # What is known only when the domain is there may stand where text goes: it is written when it is known.
        configs = ManagedJobConfigs(
            cast("str", args.url), (), args.settings, region=args.snapshots.region, registrar=args.registrar
        )
        pod = JobPod(
            image=args.job_image,
            programs=job_programs(f"{name}-programs", NAMESPACE, ["opensearch"], child),
            secrets={
                "tls": [{"secret": {"name": self.endpoint.authority}}],
                "secrets": [mounted_password(ADMIN_USER, args.passwords[ADMIN_USER])],
            },
        )
        configure = configs.configure(domain_repository(args.snapshots), args.logs)
        jobs = StoreJobs(
            f"{name}-jobs",
            StoreJobsArgs(
                namespace=NAMESPACE,
                store="opensearch",
                network="opensearch",
                pod=pod,
                at_update=[configuring(configure, args.passwords, args.identity)],
                scheduled=checking(configs),
                on_demand=[restoring(configs)],
            ),
            opts=child,
        )
        SnapshotMetrics(
            f"{name}-snapshot-metrics",
            SnapshotMetricsArgs(namespace=NAMESPACE, image=pod.image, programs=pod.programs, records=[SNAPSHOT_RECORD]),
            opts=ResourceOptions.merge(child, ResourceOptions(depends_on=[jobs])),
        )
