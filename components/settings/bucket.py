"""An S3 bucket, as everything that writes to one names it."""

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
    def endpoint(self) -> str:
        """Host name of S3 in the region; China has a domain of its own."""
        return f"s3.{self.region}.amazonaws.com{'.cn' if self.region.startswith('cn-') else ''}"
