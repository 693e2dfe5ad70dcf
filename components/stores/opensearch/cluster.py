"""The OpenSearch cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import ServiceAccount

from components.credentials.certificates import (
    CertificateAuthority,
    CertificateAuthorityArgs,
    LeafCertificateArgs,
    leaf_certificate,
)
from components.foundation.config_maps import config_map
from components.foundation.connections import Connection, Endpoint, egress, job_endpoint, opened, service_host
from components.foundation.disruption import disruption_budget
from components.foundation.images import Image
from components.foundation.labels import NetworkProfile
from components.foundation.programs import job_programs
from components.foundation.tasks import JobPod
from components.settings.bucket import BucketSettings
from components.storage.snapshot_metrics import SnapshotMetrics, SnapshotMetricsArgs, snapshot_metrics_endpoint
from components.storage.store_jobs import StoreJobs
from components.stores.opensearch import configuration, topology, workloads
from components.stores.opensearch.job_configs import SNAPSHOT_RECORD, OpenSearchJobConfigs
from components.stores.opensearch.nodes import NodeFiles, OpenSearchNodes, OpenSearchNodesArgs
from components.stores.opensearch.repositories import s3_repository, volume_repository
from components.stores.opensearch.search_endpoint import SearchEndpoint
from components.stores.opensearch.services import services
from components.stores.opensearch.settings import NAMESPACE, NODE_ACCOUNT
from components.stores.opensearch.store_jobs import store_jobs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.data_protection import DataProtection
    from components.foundation.images import ImageCatalogue
    from components.settings.cluster import ClusterSettings
    from components.settings.images import JobsSettings
    from components.storage.buckets import EndpointKey
    from components.stores.opensearch.log_pipeline_settings import DataPrepperSettings
    from components.stores.opensearch.repositories import SnapshotRepository
    from components.stores.opensearch.settings import NodePoolSettings, OpenSearchSettings


@dataclass(frozen=True, kw_only=True)
class OpenSearchClusterArgs:
    """What the cluster needs to know.

    Attributes:
        settings: pools, recovery, snapshots, indexes.
        cluster: the Kubernetes cluster's zones, storage class and kernel settings.
        jobs: the Python image of the jobs.
        images: the catalogue.
        passwords: Secret names by user of the cluster (see `job_configs.USERS`).
        logs: what writes logs into it, with a user of its own; none where logs are kept elsewhere.
        protection: how data-bearing children are kept.
        endpoint_key: opens a bucket at an endpoint.
    """

    settings: OpenSearchSettings
    cluster: ClusterSettings
    jobs: JobsSettings
    images: ImageCatalogue
    passwords: Mapping[str, Output[str]]
    logs: DataPrepperSettings | None
    protection: DataProtection
    endpoint_key: EndpointKey | None = None


class OpenSearchCluster(ComponentResource):
    """An OpenSearch cluster that is founded once, restarts one healthy step at a time and never lets go of its data.

    Its parts: a certificate authority and three leaves, a snapshot repository, configuration files, one StatefulSet
    for each pool and zone, a service for clients and two for members, disruption budgets, and the jobs.
    """

    endpoint: SearchEndpoint
    issuer: Output[str]

    image = Image(name="opensearchproject/opensearch")
    """The stock image; a derived one also holds `repository-s3`."""

    members = Endpoint.of(
        workloads.NODE,
        {"https": configuration.HTTP_PORT, "transport": configuration.TRANSPORT_PORT},
        name="opensearch-members",
        service="opensearch",
    )
    configure_job = Endpoint.of(workloads.CONFIGURE_JOB, name="opensearch-configure-job")
    admin_jobs = job_endpoint(NAMESPACE, NetworkProfile.ADMIN, "opensearch")
    endpoints = (admin_jobs, snapshot_metrics_endpoint(NAMESPACE))

    def __init__(self, name: str, args: OpenSearchClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:opensearch:OpenSearchCluster", name, None, opts)
        self._child = ResourceOptions(parent=self)
        self._open_to = args.settings.open_to
        pools = topology.zonal_pools(name, args.settings, args.cluster.zones)
        authority = CertificateAuthority(
            f"{name}-authority",
            CertificateAuthorityArgs(namespace=NAMESPACE, protection=args.protection),
            opts=self._child,
        )
        transport = self._certificate("transport", authority, configuration.NODE_NAME, (f"{name}-nodes",), server=True)
        names = (name, f"{name}.{NAMESPACE}", self.members.host, "localhost")
        http = self._certificate("http", authority, configuration.NODE_NAME, names, server=True)
        admin = self._certificate("admin", authority, configuration.ADMIN_NAME, (), server=False)
        self.snapshots = self._repository(args)
        nodes = self._nodes(args, pools, transport, http)
        # Managers, whatever their pool, and nodes that only hold data.
        for budget, is_manager in (("managers", "true"), ("data", "false")):
            matching = {workloads.CLUSTER_MANAGER: is_manager}
            disruption_budget(f"{name}-{budget}", workloads.NODE, self._child, matching=matching)
        endpoint = f"https://{self.members.address('https')}"
        self._jobs(args, OpenSearchJobConfigs(endpoint, pools, args.settings), nodes, admin)
        self.endpoint = SearchEndpoint(url=Output.from_input(endpoint), authority=http, server=self.members)
        self.issuer = authority.issuer
        self.register_outputs({"issuer": self.issuer})

    @property
    def connections(self) -> list[Connection]:
        """The paths that it needs."""
        return [
            Connection(self.members, self.members, "transport"),
            Connection(self.admin_jobs, self.members, "https"),
            Connection(self.configure_job, self.members, "https"),
            *egress(self.members, *self.snapshots.endpoints),
            *opened(self._open_to, self.members, "https"),
        ]

    def _nodes(
        self, args: OpenSearchClusterArgs, pools: list[topology.ZonalPool], transport: Output[str], http: Output[str]
    ) -> list[OpenSearchNodes]:
        name = self._name
        named = services(name, self.members, self._child)
        annotations = self.snapshots.service_account_annotations
        account = ServiceAccount(
            NODE_ACCOUNT,
            metadata={"name": NODE_ACCOUNT, "namespace": str(NAMESPACE), "annotations": annotations},
            automount_service_account_token=False,
            opts=self._child,
        )
        files = NodeFiles(
            security=config_map(f"{name}-security", workloads.NODE, configuration.security_files(), self._child),
            scripts=config_map(f"{name}-scripts", workloads.NODE, configuration.scripts(), self._child),
            transport_certificate=transport,
            http_certificate=http,
        )
        configurations = {
            pool: self._configuration(pool, settings, args, topology.data_zones(pools))
            for pool, settings in args.settings.pools.items()
        }
        return [
            OpenSearchNodes(
                pool.name,
                OpenSearchNodesArgs(
                    pool=pool,
                    image=args.images.reference(self.image, args.settings.version, args.settings.image),
                    storage_class=args.cluster.storage_class.name,
                    service=f"{name}-nodes",
                    service_account=account.metadata.apply(lambda made: str(made.name)),
                    initial_managers=tuple(topology.manager_names(pools)) if pool.is_manager else (),
                    configuration=configurations[pool.pool],
                    files=files,
                    repository=self.snapshots,
                    protection=args.protection,
                ),
                opts=ResourceOptions.merge(self._child, ResourceOptions(depends_on=named)),
            )
            for pool in pools
        ]

    def _jobs(
        self,
        args: OpenSearchClusterArgs,
        configs: OpenSearchJobConfigs,
        nodes: list[OpenSearchNodes],
        admin_certificate: Output[str],
    ) -> None:
        name = self._name
        pod = JobPod(
            image=args.images.python(args.jobs.image, args.jobs.version),
            programs=job_programs(f"{name}-programs", NAMESPACE, ["opensearch"], self._child),
            secrets={"tls": [{"secret": {"name": admin_certificate}}]},
        )
        jobs = StoreJobs(
            f"{name}-jobs",
            store_jobs(
                configs,
                # Where pods may run is part of their template, and said to all of them elsewhere.
                templates=Output.concat(*[pool.template for pool in nodes], args.cluster.placement),
                repository=self.snapshots,
                logs=args.logs,
                passwords=args.passwords,
                pod=pod,
            ),
            opts=ResourceOptions.merge(self._child, ResourceOptions(depends_on=nodes)),
        )
        SnapshotMetrics(
            f"{name}-snapshot-metrics",
            SnapshotMetricsArgs(namespace=NAMESPACE, image=pod.image, programs=pod.programs, records=[SNAPSHOT_RECORD]),
            opts=ResourceOptions.merge(self._child, ResourceOptions(depends_on=[jobs])),
        )

    def _certificate(
        self, use: str, authority: CertificateAuthority, common_name: str, dns_names: tuple[str, ...], *, server: bool
    ) -> Output[str]:
        return leaf_certificate(
            f"{self._name}-{use}",
            LeafCertificateArgs(
                namespace=NAMESPACE,
                issuer=authority.issuer,
                common_name=common_name,
                dns_names=dns_names,
                server=server,
            ),
            opts=self._child,
        )

    def _repository(self, args: OpenSearchClusterArgs) -> SnapshotRepository:
        place = args.settings.snapshots.place
        if isinstance(place, BucketSettings):
            return s3_repository(place, args.endpoint_key)
        return volume_repository(
            f"{self._name}-snapshots",
            place,
            namespace=NAMESPACE,
            storage_class=args.cluster.storage_class.name,
            protection=args.protection,
            child=self._child,
        )

    def _configuration(
        self, pool: str, settings: NodePoolSettings, args: OpenSearchClusterArgs, zones: list[str]
    ) -> Output[str]:
        text = configuration.node_configuration(
            self._name,
            settings,
            seeds=service_host(f"{self._name}-managers", NAMESPACE),
            zones=zones,
            memory_maps_raised=args.cluster.memory_maps_raised,
            repository=self.snapshots.node_settings,
        )
        return config_map(f"{self._name}-configuration-{pool}", workloads.NODE, {"opensearch.yml": text}, self._child)
