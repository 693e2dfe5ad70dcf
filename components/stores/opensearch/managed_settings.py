"""An OpenSearch domain of AWS in place of nodes of ours: its network, its sizes, and when AWS may touch it."""

from typing import Annotated

from pydantic import Field

from components.settings.base import Settings
from components.settings.limit import GI
from components.settings.markers import Bound, Comparison, KeptFor, Recorded, Scaled, ScaleRule, Section
from components.settings.matching import Matching
from components.settings.networks import Cidr
from components.settings.quantities import Bytes, Duration

#: On which a domain answers.
PORT = 443
#: AWS: "Creating OpenSearch Service domains".
DomainName = Annotated[
    str,
    Matching(
        "[a-z][a-z0-9-]{2,27}", "the name of a domain, 3 to 28 of a-z, 0-9 and -, a letter first", "acme-prod-search"
    ),
]
VpcId = Annotated[str, Matching("vpc-[0-9a-f]{8,17}", "the id of a VPC", "vpc-0a1b2c3d4e5f60718", longest=21)]
SubnetId = Annotated[
    str, Matching("subnet-[0-9a-f]{8,17}", "the id of a subnet", "subnet-0a1b2c3d4e5f60718", longest=24)
]
SecurityGroupId = Annotated[
    str, Matching("sg-[0-9a-f]{8,17}", "the id of a security group", "sg-0a1b2c3d4e5f60718", longest=20)
]
TimeOfDay = Annotated[
    str, Matching("([01][0-9]|2[0-3]):[0-5][0-9]", "a time of day in UTC, hh:mm, in quotes", "02:00", longest=5)
]

GIB_OF_LARGE = {"c": 4, "m": 8, "r": 16, "om": 8, "or": 16}
"""Memory of an instance of the size `large`, by the letters of its family; each next size has twice as much."""

#: Burstable ones (t) are none for data that matters, and those with disks of their own (i) take no gp3 volumes.
InstanceType = Annotated[
    str,
    Matching(
        r"([cmr][4-9][a-z]{0,3}|o[mr][12])\.([1-9][0-9]?x|x)?large\.search",
        "an instance type of OpenSearch Service, of the families c, m, r, om or or, from large on",
        "r7g.large.search",
        longest=30,
    ),
]


class ManagedManagersSettings(Settings):
    """The domain's dedicated managers."""

    nodes: Annotated[int, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.COUNT)]
    """Number of managers, 3 or 5."""
    type: Annotated[InstanceType, Bound()]
    """Instance type of each."""


class ManagedDataSettings(Settings):
    """The domain's data nodes, spread over its subnets."""

    nodes: Annotated[int, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.COUNT)]
    """Number of data nodes, as many in each subnet; never fewer than before."""
    type: Annotated[InstanceType, Bound()]
    """Instance type of each."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.SIZE)]
    """gp3 volume of each node, in whole Gi; it can grow and never shrinks."""

    @property
    def heap_size(self) -> Bytes:
        """Java heap of each node in bytes, as AWS sets it: half of the memory, at most 32 GiB."""
        family, size, _ = self.type.split(".")
        large = GIB_OF_LARGE[family.rstrip("abcdefghijklmnopqrstuvwxyz").rstrip("0123456789")]
        times = {"large": 1, "xlarge": 2}.get(size) or 2 * int(size.removesuffix("xlarge"))
        return Bytes(min(large * times / 2, 32) * GI)


class ManagedSettings(Settings):
    """A domain of Amazon OpenSearch Service in the account of ballast:aws."""

    name: Annotated[DomainName, Bound(unique=True), Recorded(Comparison.PLACE)]
    """Name of the domain; with another name there is another domain, without the data."""
    vpc: Annotated[VpcId, Bound()]
    """VPC of its subnets and of the cluster."""
    subnets: Annotated[tuple[SubnetId, ...], Bound(), Field(min_length=1)]
    """Private subnets, one in each of ballast:cluster.zones, in their order."""
    egress_cidrs: Annotated[tuple[Cidr, ...], Bound(), Field(min_length=1)]
    """Networks of these subnets: where pods may go that speak with it."""
    clients: Annotated[tuple[SecurityGroupId, ...], Bound(), Field(min_length=1)]
    """Security groups of the cluster's nodes, or of pods that have their own; nobody else reaches the domain."""
    managers: Annotated[ManagedManagersSettings, Section()]
    """Dedicated managers."""
    data: Annotated[ManagedDataSettings, Section()]
    """Nodes that hold data."""
    off_peak: Annotated[TimeOfDay, Bound()] = "02:00"
    """When the ten hours of each day begin, in UTC, in which AWS may restart nodes for a change that was asked for."""
    logs_kept: Annotated[Duration, Scaled(ScaleRule.NEVER_SMALLER), KeptFor()]
    """How long CloudWatch keeps what the domain logs: errors, slow requests, and who did what."""

    @property
    def configure_role(self) -> str:
        """Name of the role of the job that configures it, which no other domain of the account has."""
        return f"{self.name}-configure"
