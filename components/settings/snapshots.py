"""Where snapshots of a store go, and what its recovery objectives are."""

from typing import Annotated

from components.settings.base import Settings
from components.settings.bucket import BucketSettings
from components.settings.markers import Comparison, KeptFor, Recorded, Scaled, ScaleRule, Section
from components.settings.quantities import Bytes, Duration

#: The newest complete set stays until the next one is complete, so that there is always one to restore.
SETS_ON_A_VOLUME = 2


class RecoverySettings(Settings):
    """Recovery objectives of a store; schedules, retention, alerts and drills are computed from them."""

    recovery_point: Annotated[Duration, Scaled(ScaleRule.NEVER_LARGER)]
    """Age of the newest snapshot at worst: at most this much work is lost. At least 10m."""
    recovery_time: Annotated[Duration, Scaled(ScaleRule.NEVER_LARGER)]
    """Time from the decision to restore until the data answers again, at worst."""
    retention: Annotated[Duration, Scaled(ScaleRule.NEVER_SMALLER), KeptFor(), Recorded(Comparison.SPAN)]
    """How far back a snapshot can be chosen."""


class VolumeSnapshots(Settings):
    """Snapshots on a volume of their own; a store whose nodes mount it can have one node only."""

    size: Annotated[Bytes, Scaled(ScaleRule.FREE), Recorded(Comparison.SIZE)]
    """Size of the volume: at least the node's disk where the node mounts it, twice all disks elsewhere."""


class SnapshotsSettings(Settings):
    """Where snapshots go: exactly one of volume and s3."""

    volume: Annotated[VolumeSnapshots | None, Section()] = None
    """A volume in the cluster."""
    s3: Annotated[BucketSettings | None, Section()] = None
    """A bucket in S3; nodes that write there need repository-s3 in their image, and jobs boto3 in jobs.image."""

    @property
    def place(self) -> VolumeSnapshots | BucketSettings:
        """The one that is given; a stack file with none or both is refused when it is read."""
        place = self.s3 or self.volume
        if place is None:
            raise ValueError("neither volume nor s3 is given")
        return place


def place_of_snapshots(snapshots: SnapshotsSettings) -> str:
    """Where a store has its snapshots: on a volume of their own, or in a bucket."""
    return "volume" if snapshots.s3 is None else snapshots.s3.place
