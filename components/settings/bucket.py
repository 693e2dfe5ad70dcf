"""An S3 bucket, as everything that writes to one names it."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from components.settings.base import Settings
from components.settings.markers import Bound
from components.settings.networks import Cidr
from components.settings.texts import BasePath, BucketName, Region, RoleArn


class BucketSettings(Settings):
    """A folder in an S3 bucket."""

    bucket: Annotated[BucketName, Bound(unique=True)]
    """Name of the bucket; it is not shared with another environment."""
    region: Annotated[Region, Bound()]
    """AWS region of the bucket."""
    base_path: Annotated[BasePath, Bound()]
    """Folder inside the bucket, of this store alone."""
    role_arn: Annotated[RoleArn, Bound(unique=True)]
    """IAM role that the store's pods and jobs take on to reach the bucket."""
    egress_cidrs: Annotated[tuple[Cidr, ...], Bound(), Field(min_length=1)]
    """Networks through which S3 and STS are reached (the VPC's endpoints)."""

    @property
    def place(self) -> str:
        """Where its data lies; a bucket of the same name in another region is another one."""
        return f"s3://{self.bucket}/{self.base_path} in {self.region}"

    @property
    def endpoint(self) -> str:
        """Host name of S3 in the region; China has a domain of its own."""
        return f"s3.{self.region}.amazonaws.com{'.cn' if self.region.startswith('cn-') else ''}"


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
