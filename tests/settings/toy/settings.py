"""Settings of the toy."""

from typing import Annotated

from components.settings.base import Settings
from components.settings.markers import Comparison, Promoted, Recorded, Scaled, ScaleRule, Section
from components.settings.quantities import Bytes, Millicores
from components.settings.snapshots import SETS_ON_A_VOLUME, RecoverySettings, SnapshotsSettings, place_of_snapshots
from components.settings.texts import Version


class ToySettings(Settings):
    """The toy, a store of one pod; left out where nobody plays."""

    version: Annotated[
        Version, Promoted(order="semver", irreversible=True, max_step="minor"), Recorded(Comparison.VERSION)
    ]
    """Version of the toy."""
    colour: Annotated[Version, Promoted(order="semver"), Recorded(Comparison.TEXT)]
    """Its colour by number."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory, requested and limited."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.SIZE)]
    """Disk."""
    recovery: Annotated[RecoverySettings, Section()]
    """Recovery objectives."""
    snapshots: Annotated[SnapshotsSettings, Section(), Recorded(Comparison.PLACE, place_of_snapshots)]
    """Where snapshots go."""

    @property
    def snapshot_room(self) -> Bytes:
        """Size of the smallest volume that may hold its snapshots."""
        return Bytes(SETS_ON_A_VOLUME * self.disk)
