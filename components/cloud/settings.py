"""The AWS account in which buckets, keys and roles are made."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

from components.settings.addresses import HOST
from components.settings.base import Settings
from components.settings.markers import Bound, Comparison, Recorded
from components.settings.matching import Matching
from components.settings.partitions import Region, partition_of
from components.settings.texts import PolicyArn

AccountId = Annotated[str, Matching("[0-9]{12}", "the number of an AWS account, 12 digits", "111122223333", 12)]
ClusterName = Annotated[
    str, Matching("[A-Za-z0-9][A-Za-z0-9_-]*", "the name of an EKS cluster", "acme-prod", longest=100)
]
#: As it stands in the ARN of the provider: the issuer's address without its scheme.
OidcProvider = Annotated[
    str,
    Matching(
        rf"{HOST}(/[A-Za-z0-9_-]+)*",
        "the address of the cluster's OIDC issuer without https://",
        "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
        longest=255,
    ),
]
#: AWS: "Tag naming limits"; what begins with aws: is its own.
Tag = Annotated[
    str,
    Matching(
        r"(?!aws:)[A-Za-z0-9+._:/@-]{1,128}=[A-Za-z0-9+._:/@-]{0,256}",
        "a tag, key=value (letters, digits and + . _ : / @ -; not aws:)",
        "cost-centre=platform",
        longest=385,
    ),
]

EBS_DRIVER = "ebs.csi.aws.com"
"""The CSI driver of EBS volumes, as classes name it; the EKS add-on aws-ebs-csi-driver installs it."""


class PodIdentity(StrEnum):
    """How a pod shows AWS which service account it has."""

    POD_IDENTITY = "podIdentity"
    IRSA = "irsa"


class AwsSettings(Settings):
    """The AWS account in which buckets, keys and roles are made; nothing is declared there without it."""

    account: Annotated[AccountId, Bound(), Recorded(Comparison.PLACE)]
    """Number of the account; credentials of any other are refused before anything is asked of AWS."""
    region: Annotated[Region, Bound()]
    """Region of everything that is made; the partition follows from it."""
    identity: Annotated[PodIdentity, Bound()]
    """How pods take on their roles: EKS Pod Identity (with its agent on every node), or IRSA."""
    cluster_name: Annotated[ClusterName | None, Bound()] = None
    """Name of the EKS cluster; Pod Identity needs it."""
    oidc_provider: Annotated[OidcProvider | None, Bound()] = None
    """The cluster's OIDC issuer without https://, known to IAM as a provider; IRSA needs it."""
    permissions_boundary: Annotated[PolicyArn | None, Bound()] = None
    """Policy beyond which no role that is made may ever go."""
    replica_region: Annotated[
        Region | None,
        Bound(),
        Recorded(
            Comparison.GUARD, guards="all copies would be left where they are, and nothing earlier be copied again"
        ),
    ] = None
    """Another region, of the same partition, for buckets with copies (`made.replica`)."""
    tags: Annotated[tuple[Tag, ...], Bound(), Field(max_length=40)] = ()
    """Tags of everything that is made, key=value."""

    def at(self, region: str) -> Self:
        """The same account in another region."""
        return self.model_copy(update={"region": region})

    @property
    def partition(self) -> str:
        """The part of AWS that the region belongs to; ARNs begin with it."""
        return partition_of(self.region)

    def host(self, service: str) -> str:
        """Host name of a service in the region; China has a domain of its own."""
        return f"{service}.{self.region}.amazonaws.com{'.cn' if self.partition == 'aws-cn' else ''}"

    def domain_arn(self, name: str) -> str:
        """ARN of a search domain."""
        return f"arn:{self.partition}:es:{self.region}:{self.account}:domain/{name}"

    def role_arn(self, bucket: str) -> str:
        """ARN of the role that is made for a bucket; it is called like the bucket, whose name nobody else has."""
        return f"arn:{self.partition}:iam::{self.account}:role/{bucket}"
