"""The Qdrant cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, Output, ResourceOptions

from components.credentials.certificates import (
    CertificateAuthority,
    CertificateAuthorityArgs,
    LeafCertificateArgs,
    leaf_certificate,
)
from components.foundation.config_maps import config_map
from components.foundation.connections import Connection, Endpoint, Metrics, egress, job_endpoint, opened, service_host
from components.foundation.disruption import disruption_budget
from components.foundation.images import Image
from components.foundation.labels import NetworkProfile
from components.foundation.monitors import pod_monitors
from components.foundation.programs import job_programs
from components.foundation.services import members_service, service
from components.foundation.tasks import JobPod
from components.storage.archives import snapshot_archive
from components.storage.snapshot_metrics import SnapshotMetrics, SnapshotMetricsArgs, snapshot_metrics_endpoint
from components.storage.store_jobs import StoreJobs
from components.stores.qdrant import configuration, job_configs, workloads
from components.stores.qdrant.keys import JOB_KEY, QdrantKeys, QdrantKeysArgs
from components.stores.qdrant.nodes import QdrantFiles, QdrantNodes, QdrantNodesArgs
from components.stores.qdrant.settings import NAMESPACE
from components.stores.qdrant.store_jobs import store_jobs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.data_protection import DataProtection
    from components.foundation.images import ImageCatalogue
    from components.settings.cluster import ClusterSettings
    from components.settings.images import JobsSettings
    from components.storage.buckets import EndpointKey
    from components.stores.qdrant.settings import QdrantSettings


@dataclass(frozen=True, kw_only=True)
class QdrantClusterArgs:
    """What the cluster needs to know.

    Attributes:
        settings: nodes, recovery, snapshots, collections.
        cluster: the Kubernetes cluster's zones and storage class.
        jobs: the Python image of the jobs.
        images: the catalogue.
        secrets: of the stack file, by its keys.
        protection: how data-bearing children are kept.
        endpoint_key: opens buckets at an endpoint.
    """

    settings: QdrantSettings
    cluster: ClusterSettings
    jobs: JobsSettings
    images: ImageCatalogue
    secrets: Mapping[str, Output[str]]
    protection: DataProtection
    endpoint_key: EndpointKey | None = None


class QdrantCluster(ComponentResource):
    """A Qdrant cluster that is founded once, restarts and moves shards one healthy step at a time, and keeps its data.

    Its parts: an authority and one leaf for all layers, keys, configuration, a StatefulSet, services, a disruption
    budget, an archive for snapshots, and the jobs.
    """

    url: Output[str]

    image = Image(name="qdrant/qdrant", tag="v{version}-unprivileged")
    """Its user is no root and so needs no right to change the owner of a volume."""

    members = Endpoint.of(
        workloads.NODE,
        {
            "https": configuration.HTTP_PORT,
            "grpc": configuration.GRPC_PORT,
            "p2p": configuration.P2P_PORT,
            "metrics": configuration.METRICS_PORT,
        },
        name="qdrant-members",
        service="qdrant",
        metrics=(Metrics(),),
    )
    configure_job = Endpoint.of(workloads.CONFIGURE_JOB, name="qdrant-configure-job")
    admin_jobs = job_endpoint(NAMESPACE, NetworkProfile.ADMIN, "qdrant")
    backup_jobs = job_endpoint(NAMESPACE, NetworkProfile.BACKUP, "qdrant")
    endpoints = (members, admin_jobs, backup_jobs, snapshot_metrics_endpoint(NAMESPACE))

    def __init__(self, name: str, args: QdrantClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:qdrant:QdrantCluster", name, None, opts)
        self._child = ResourceOptions(parent=self)
        settings = args.settings
        self._open_to = settings.open_to
        certificate = self._certificate(args)
        keys = QdrantKeys(f"{name}-keys", QdrantKeysArgs(secrets=args.secrets), opts=self._child)
        nodes = self._nodes(args, keys, certificate)
        disruption_budget(name, workloads.NODE, self._child)
        self.archive = snapshot_archive(
            f"{name}-archive",
            settings.snapshots,
            namespace=NAMESPACE,
            storage_class=args.cluster.storage_class.name,
            key="qdrant",
            protection=args.protection,
            endpoint_key=args.endpoint_key,
            child=self._child,
        )
        pod_monitors(self.members, self._child)
        self._jobs(args, nodes, keys)
        self.url = Output.from_input(f"https://{self.members.address('https')}")
        self.register_outputs({"url": self.url})

    @property
    def connections(self) -> list[Connection]:
        """The paths that it needs."""
        return [
            Connection(self.members, self.members, "p2p"),
            # A shard can travel as a snapshot, which one node fetches from the other.
            Connection(self.members, self.members, "https"),
            *(
                Connection(jobs, self.members, "https")
                for jobs in (self.admin_jobs, self.backup_jobs, self.configure_job)
            ),
            *egress(self.backup_jobs, *self.archive.endpoints),
            *opened(self._open_to, self.members, "https", "grpc"),
        ]

    def _nodes(self, args: QdrantClusterArgs, keys: QdrantKeys, certificate: Output[str]) -> QdrantNodes:
        name, settings = self._name, args.settings
        # Pods are declared after these, because they need their names.
        named = [
            service(workloads.NODE, self.members, self._child, ports=["https", "grpc"], awaited=False),
            members_service(
                f"{name}-nodes", workloads.NODE, self.members, self._child, ports=["https", "p2p", "metrics"]
            ),
        ]
        production = configuration.node_configuration(settings, args.cluster.any_address)
        return QdrantNodes(
            name,
            QdrantNodesArgs(
                settings=settings,
                image=args.images.reference(self.image, settings.version),
                zones=args.cluster.zones,
                storage_class=args.cluster.storage_class.name,
                service=f"{name}-nodes",
                files=QdrantFiles(
                    configuration=self._config_map(
                        "configuration",
                        {"production.yaml": production},
                    ),
                    scripts=self._config_map("scripts", configuration.scripts()),
                    size=self._config_map("size", {"nodes": str(settings.nodes)}, name=f"{name}-size"),
                    keys=keys.nodes,
                    certificate=certificate,
                ),
                protection=args.protection,
            ),
            opts=ResourceOptions.merge(self._child, ResourceOptions(depends_on=named)),
        )

    def _certificate(self, args: QdrantClusterArgs) -> Output[str]:
        name = self._name
        authority = CertificateAuthority(
            f"{name}-authority",
            CertificateAuthorityArgs(namespace=NAMESPACE, protection=args.protection),
            opts=self._child,
        )
        return leaf_certificate(
            f"{name}-node",
            LeafCertificateArgs(
                namespace=NAMESPACE,
                issuer=authority.issuer,
                common_name=f"{name}-node",
                # Peers call each other by the pods' names, clients call the service; a node more changes nothing.
                dns_names=(
                    name,
                    f"{name}.{NAMESPACE}",
                    self.members.host,
                    f"*.{service_host(f'{name}-nodes', NAMESPACE)}",
                    "localhost",
                ),
                server=True,
            ),
            opts=self._child,
        )

    def _jobs(self, args: QdrantClusterArgs, nodes: QdrantNodes, keys: QdrantKeys) -> None:
        name, certificate = self._name, f"{self._name}-node"
        image = args.images.python(args.jobs.image, args.jobs.version)
        programs = job_programs(f"{name}-programs", NAMESPACE, ["qdrant"], self._child)
        pod = JobPod(
            image=image,
            programs=programs,
            secrets={
                # Jobs see the nodes' authority and never their key.
                "tls": [{"secret": {"name": certificate, "items": [{"key": "ca.crt", "path": "ca.crt"}]}}],
                "secrets": [{"secret": {"name": keys.jobs, "items": [{"key": JOB_KEY, "path": JOB_KEY}]}}],
            },
        )
        jobs = StoreJobs(
            f"{name}-jobs",
            store_jobs(
                name,
                args.settings,
                certificate=certificate,
                # Where pods may run is part of their template, and said to all of them elsewhere.
                template=Output.concat(nodes.template, args.cluster.placement),
                archive=self.archive,
                pod=pod,
            ),
            opts=ResourceOptions.merge(self._child, ResourceOptions(depends_on=[nodes])),
        )
        SnapshotMetrics(
            f"{name}-snapshot-metrics",
            SnapshotMetricsArgs(
                namespace=NAMESPACE, image=image, programs=programs, records=[job_configs.SNAPSHOT_RECORD]
            ),
            opts=ResourceOptions.merge(self._child, ResourceOptions(depends_on=[jobs])),
        )

    def _config_map(self, use: str, files: Mapping[str, str], *, name: str | None = None) -> Output[str]:
        return config_map(f"{self._name}-{use}", workloads.NODE, files, self._child, object_name=name)
