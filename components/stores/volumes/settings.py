"""Settings of volumes for stores inside applications."""

from enum import StrEnum
from typing import Annotated

from components.settings.base import Settings
from components.settings.markers import Comparison, Promoted, Recorded, Scaled, ScaleRule, Section
from components.settings.quantities import Bytes
from components.settings.snapshots import SETS_ON_A_VOLUME, RecoverySettings, SnapshotsSettings, place_of_snapshots


class EmbeddedEngine(StrEnum):
    """What an application writes on its volume; it decides how a snapshot is taken."""

    LANCEDB = "lancedb"
    SQLITE = "sqlite"


class EmbeddedVolumeSettings(Settings):
    """A volume for a store that lives inside an application, mounted by the application of this name."""

    engine: Annotated[EmbeddedEngine, Promoted(), Recorded(Comparison.TEXT)]
    """What writes on it: lancedb or sqlite; fixed as long as the volume exists."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.SIZE)]
    """Size of the volume; it can grow and never shrinks."""
    recovery: Annotated[RecoverySettings, Section()]
    """Recovery objectives; snapshots, alerts and drills are computed from them."""
    snapshots: Annotated[SnapshotsSettings, Section(), Recorded(Comparison.PLACE, place_of_snapshots)]
    """Where snapshots go."""

    @property
    def snapshot_room(self) -> Bytes:
        """Size in bytes of the smallest volume that may hold its snapshots."""
        return Bytes(SETS_ON_A_VOLUME * self.disk)
