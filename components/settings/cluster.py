"""The Kubernetes cluster that an environment runs on."""

from typing import Annotated

from pydantic import Field

from components.settings.base import Settings
from components.settings.markers import Bound, Comparison, Recorded, Section
from components.settings.networks import Cidr, NodeAddress, Reason
from components.settings.quantities import Duration
from components.settings.texts import (
    ClusterIdentity,
    KubeconfigPath,
    NodeLabel,
    NonEmpty,
    ObjectName,
    RoleArn,
    Taint,
    ZoneName,
)

#: The word that stands for the cluster of `make up` in place of a UID, which is new each time it is made; for dev only.
LOCAL = "local"


class ApiServerSettings(Settings):
    """Where pods reach the Kubernetes API server; network policies need addresses, not names."""

    cidrs: Annotated[tuple[Cidr, ...], Bound(), Field(min_length=1)]
    """Networks that hold the API server's addresses, in CIDR form."""
    port: Annotated[int, Bound(), Field(ge=1, le=65535)]
    """Port of the API server at these addresses."""


class MadeStorageClassSettings(Settings):
    """A storage class of EBS volumes that the platform makes, with a key of its own."""

    driver_role: Annotated[RoleArn, Bound()]
    """IAM role of the EBS CSI driver in this cluster, which encrypts volumes with the key."""


class StorageClassSettings(Settings):
    """The storage class of all data volumes, which somebody has made or the platform makes."""

    name: Annotated[ObjectName, Bound(), Recorded(Comparison.TEXT)]
    """Its name; it must retain released volumes and let them grow."""
    made: Annotated[
        MadeStorageClassSettings | None,
        Section(),
        Recorded(
            Comparison.GUARD,
            lambda _: "by the platform",
            guards="the key that every volume of the class is encrypted with would have no owner",
        ),
    ] = None
    """The platform makes it: gp3, encrypted, retaining, growing, waiting for the first pod; it needs ballast:aws."""


class ClusterSettings(Settings):
    """The Kubernetes cluster and how to know it from another one."""

    kubeconfig: Annotated[KubeconfigPath | None, Bound()] = None
    """Path of the kubeconfig, relative to the project folder; ~/.kube/config when only a context is given."""
    context: Annotated[NonEmpty | None, Bound()] = None
    """Context in the kubeconfig; its current context when left out."""
    identity: Annotated[ClusterIdentity, Bound(unique=True, together_with="namespacePrefix")]
    """UID of the namespace kube-system, compared before anything changes; `local` is the cluster of `make up`."""
    node_cidrs: Annotated[tuple[Cidr, ...], Bound(), Field(min_length=1)]
    """Networks that hold the nodes' addresses, in CIDR form; metrics of containers are asked of each node's kubelet."""
    zones: Annotated[tuple[ZoneName, ...], Bound(), Recorded(Comparison.TEXT, ",".join), Field(min_length=1)]
    # Recorded in the file's order: it decides in which of them a pool's next node stands.
    """Zones that pods and volumes are spread over (node label topology.kubernetes.io/zone)."""
    few_zones: Annotated[Reason | None, Bound()] = None
    """Why there are fewer than three zones for stores that vote, which the loss of one may then stop."""
    node_local_dns: Annotated[NodeAddress | None, Bound()] = None
    """Address at which each node's own cache answers (NodeLocal DNSCache, 169.254.20.10); pods may ask it too."""
    timeout: Annotated[Duration | None, Bound()] = None
    """How long `up` waits for one object, jobs aside; left out: 10m, and 30m for nodes of stores."""
    ipv6: Annotated[bool, Bound()] = False
    """Whether the first address of each pod is one of IPv6, alone or before one of IPv4; programs then listen there."""
    storage_class: Annotated[StorageClassSettings, Section()]
    """Storage class of all data volumes."""
    node_selector: Annotated[tuple[NodeLabel, ...], Bound()] = ()
    """Labels that a node must have to take pods of the platform, key=value; agents stand on every node all the same."""
    tolerations: Annotated[tuple[Taint, ...], Bound()] = ()
    """Taints that pods of the platform bear, as `kubectl taint` writes them: key=value:effect or key:effect."""
    memory_maps_raised: Annotated[bool, Bound()]
    """Whether its nodes have vm.max_map_count at 262144 or more; without it indexes are read without memory maps."""
    api_server: Annotated[ApiServerSettings, Section()]
    """Where pods reach the Kubernetes API server."""

    @property
    def any_address(self) -> str:
        """Where a program listens that has to be told: everywhere; the network policies are the fence."""
        return "::" if self.ipv6 else "0.0.0.0"  # noqa: S104 - inside a pod

    @property
    def placement(self) -> str:
        """On which nodes pods run, as one text that changes with it; empty where nothing is said."""
        return " ".join((*self.node_selector, *self.tolerations))
