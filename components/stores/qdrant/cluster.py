"""The Qdrant cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import ConfigMap
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from components.credentials.certificates import (
    CertificateAuthority,
    CertificateAuthorityArgs,
    LeafCertificateArgs,
    leaf_certificate,
)
from components.foundation.connections import Endpoint, job_endpoint
from components.foundation.labels import Component, Concern, NetworkProfile, labels, selector
from components.foundation.manifests import manifest
from components.foundation.monitors import pod_monitor
from components.foundation.programs import job_programs
from components.foundation.services import services
from components.foundation.tasks import JobPod
from components.storage.archives import snapshot_archive
from components.storage.snapshot_metrics import SnapshotMetrics, SnapshotMetricsArgs
from components.storage.store_jobs import StoreJobs
from components.stores.qdrant import configuration, job_configs
from components.stores.qdrant.keys import JOB_KEY, QdrantKeys, QdrantKeysArgs
from components.stores.qdrant.nodes import QdrantFiles, QdrantNodes, QdrantNodesArgs
from components.stores.qdrant.services import service_specs
from components.stores.qdrant.store_jobs import store_jobs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.data_protection import DataProtection
    from components.foundation.images import ImageCatalogue
    from components.settings.cluster import ClusterSettings
    from components.settings.images import JobsSettings
    from components.stores.qdrant.settings import QdrantSettings

NAMESPACE = Concern.VECTORS.value


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
    """

    settings: QdrantSettings
    cluster: ClusterSettings
    jobs: JobsSettings
    images: ImageCatalogue
    secrets: Mapping[str, Output[str]]
    protection: DataProtection


class QdrantCluster(ComponentResource):
    """A Qdrant cluster that is founded once, restarts and moves shards one healthy step at a time, and keeps its data.

    Its parts: an authority and one leaf for all layers, keys, configuration, a StatefulSet, services, a disruption
    budget, an archive for snapshots, and the jobs.
    """

    url: Output[str]

    members = Endpoint(
        name="vectors-members",
        namespace=NAMESPACE,
        pods=selector(Component.QDRANT),
        ports={
            "https": configuration.HTTP_PORT,
            "grpc": configuration.GRPC_PORT,
            "p2p": configuration.P2P_PORT,
            "metrics": configuration.METRICS_PORT,
        },
    )
    configure_job = Endpoint(
        name="vectors-configure-job", namespace=NAMESPACE, pods=selector(Component.QDRANT_CONFIGURE_JOB)
    )
    admin_jobs = job_endpoint(Concern.VECTORS, NetworkProfile.ADMIN, "vectors")
    backup_jobs = job_endpoint(Concern.VECTORS, NetworkProfile.BACKUP, "vectors")

    def __init__(self, name: str, args: QdrantClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:qdrant:QdrantCluster", name, None, opts)
        self._child = ResourceOptions(parent=self)
        settings = args.settings
        certificate = self._certificate(args)
        keys = QdrantKeys(f"{name}-keys", QdrantKeysArgs(secrets=args.secrets), opts=self._child)
        named = services(Concern.VECTORS, Component.QDRANT, service_specs(name), self._child)
        nodes = QdrantNodes(
            name,
            QdrantNodesArgs(
                settings=settings,
                image=args.images.qdrant(settings.version),
                zones=args.cluster.zones,
                storage_class=args.cluster.storage_class,
                service=f"{name}-nodes",
                files=QdrantFiles(
                    configuration=self._config_map(
                        "configuration", {"production.yaml": configuration.node_configuration(settings)}
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
        PodDisruptionBudget(
            name,
            metadata={"name": name, "namespace": NAMESPACE},
            spec=manifest({"maxUnavailable": 1, "selector": {"matchLabels": selector(Component.QDRANT)}}),
            opts=self._child,
        )
        self.archive = snapshot_archive(
            f"{name}-archive",
            settings.snapshots,
            concern=Concern.VECTORS,
            storage_class=args.cluster.storage_class,
            key="qdrant",
            protection=args.protection,
            child=self._child,
        )
        pod_monitor(self.members, self._child)
        self._jobs(args, nodes, keys)
        self.url = Output.from_input(f"https://{name}.{NAMESPACE}.svc:{configuration.HTTP_PORT}")
        self.register_outputs({"url": self.url})

    def _certificate(self, args: QdrantClusterArgs) -> Output[str]:
        name = self._name
        authority = CertificateAuthority(
            f"{name}-authority",
            CertificateAuthorityArgs(concern=Concern.VECTORS, protection=args.protection),
            opts=self._child,
        )
        return leaf_certificate(
            f"{name}-node",
            LeafCertificateArgs(
                concern=Concern.VECTORS,
                issuer=authority.issuer,
                common_name=f"{name}-node",
                # Peers call each other by the pods' names, clients call the service; a node more changes nothing.
                dns_names=(
                    name,
                    f"{name}.{NAMESPACE}",
                    f"{name}.{NAMESPACE}.svc",
                    f"*.{name}-nodes.{NAMESPACE}.svc",
                    "localhost",
                ),
                server=True,
            ),
            opts=self._child,
        )

    def _jobs(self, args: QdrantClusterArgs, nodes: QdrantNodes, keys: QdrantKeys) -> None:
        name, certificate = self._name, f"{self._name}-node"
        image = args.images.python(args.jobs.image, args.jobs.version)
        programs = job_programs(f"{name}-programs", Concern.VECTORS, ["qdrant"], self._child)
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
                template=nodes.template,
                archive=self.archive,
                pod=pod,
            ),
            opts=ResourceOptions.merge(self._child, ResourceOptions(depends_on=[nodes])),
        )
        SnapshotMetrics(
            f"{name}-snapshot-metrics",
            SnapshotMetricsArgs(
                concern=Concern.VECTORS, image=image, programs=programs, records=[job_configs.SNAPSHOT_RECORD]
            ),
            opts=ResourceOptions.merge(self._child, ResourceOptions(depends_on=[jobs])),
        )

    def _config_map(self, use: str, files: Mapping[str, str], *, name: str | None = None) -> Output[str]:
        made = ConfigMap(
            f"{self._name}-{use}",
            metadata=manifest(
                {"name": name, "namespace": NAMESPACE, "labels": labels(Concern.VECTORS, Component.QDRANT)}
            ),
            data=dict(files),
            opts=self._child,
        )
        return made.metadata.apply(lambda metadata: str(metadata.name))
