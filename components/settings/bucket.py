"""An S3 bucket, as everything that writes to one names it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from components.settings.addresses import port_of
from components.settings.base import Settings
from components.settings.markers import Bound, Comparison, KeptFor, Recorded, Scaled, ScaleRule, Section
from components.settings.networks import Cidr
from components.settings.quantities import Duration
from components.settings.texts import BasePath, BucketName, BucketRegion, Namespace, ObjectStoreUrl, RoleArn


class ObjectLock(StrEnum):
    """How S3 keeps versions from being deleted; in governance mode somebody with a right of its own may."""

    GOVERNANCE = "governance"


class MadeBucketSettings(Settings):
    """What the platform promises of a bucket that it makes."""

    recoverable_for: Annotated[Duration, Scaled(ScaleRule.NEVER_SMALLER), KeptFor()]
    """How long whatever is deleted or overwritten can be brought back; of snapshots never less than their retention."""
    replica: Annotated[
        BucketName | None,
        Bound(unique=True),
        Recorded(
            Comparison.GUARD,
            guards="S3 copies only what is written from then on, so that with the region everything earlier is lost",
        ),
    ] = None
    """Bucket in ballast:aws.replicaRegion that the platform makes too, with a key of its own; S3 copies all there."""
    lock: Annotated[
        ObjectLock | None,
        Bound(),
        Recorded(Comparison.GUARD, guards="whoever may delete versions could delete those of each new snapshot"),
    ] = None
    """`governance`: S3 keeps each version until the store's retention is over; for stores whose jobs write sets."""


class BucketSettings(Settings):
    """A folder in an S3 bucket, which somebody has made or the platform makes."""

    bucket: Annotated[BucketName, Bound(unique=True)]
    """Name of the bucket; it is not shared with another environment."""
    region: Annotated[BucketRegion, Bound()]
    """Region of the bucket."""
    base_path: Annotated[BasePath, Bound()]
    """Folder inside the bucket, of this store alone."""
    role_arn: Annotated[RoleArn | None, Bound(unique=True)] = None
    """IAM role that the store's pods and jobs take on to reach the bucket at AWS."""
    endpoint: Annotated[ObjectStoreUrl | None, Bound()] = None
    """Where another storage than AWS speaks S3; it is reached with the secrets objectStoreAccessKey and
    objectStoreSecretKey."""
    egress_cidrs: Annotated[tuple[Cidr, ...], Bound()] = ()
    """Networks through which S3 and STS are reached (the VPC's endpoints), or the endpoint."""
    namespace: Annotated[Namespace | None, Bound()] = None
    """Namespace of the endpoint's pods, where it stands in the cluster; its port is theirs."""
    made: Annotated[
        MadeBucketSettings | None,
        Section(),
        Recorded(
            Comparison.GUARD,
            lambda _: "by the platform",
            guards="bucket, key and role would have no owner, and nothing would keep who may delete there to one role",
        ),
    ] = None
    """The platform makes the bucket with a key of its own, and its role in place of roleArn; it needs ballast:aws."""

    @property
    def is_made(self) -> bool:
        """Whether the platform itself makes the bucket, and the role that reaches it."""
        return self.made is not None

    @property
    def place(self) -> str:
        """Where its data lies; a bucket of the same name in another region is another one."""
        return f"s3://{self.bucket}/{self.base_path} in {self.region}" + (f" at {self.host}" if self.endpoint else "")

    @property
    def host(self) -> str:
        """Name of the host that speaks S3, with a port where it has one of its own; China has a domain of its own."""
        if self.endpoint is not None:
            return self.endpoint.partition("://")[2]
        return f"s3.{self.region}.amazonaws.com{'.cn' if self.region.startswith('cn-') else ''}"

    @property
    def is_plain(self) -> bool:
        """Whether it is reached without TLS."""
        return self.endpoint is not None and self.endpoint.startswith("http://")

    @property
    def port(self) -> int:
        """Port at which it is reached."""
        return 443 if self.endpoint is None else port_of(self.endpoint)


def place_of_data(bucket: BucketSettings | None) -> str:
    """Where a program has its data that may have a bucket for it: there, or on its disk alone."""
    return "disk" if bucket is None else bucket.place


@dataclass(frozen=True)
class PlaceSince:
    """Where data lies that is written from a day on.

    Attributes:
        since: The day.
        bucket: None for the disk.
    """

    since: str
    bucket: BucketSettings | None

    def __str__(self) -> str:
        """As it is recorded."""
        return f"{self.since} {place_of_data(self.bucket)}"
