"""Settings of Chroma."""

from typing import Annotated

from components.settings.base import Settings
from components.settings.markers import Bound, Comparison, Promoted, Recorded, Scaled, ScaleRule, Section
from components.settings.quantities import Bytes, Millicores
from components.settings.snapshots import SETS_ON_A_VOLUME, RecoverySettings, SnapshotsSettings, place_of_snapshots
from components.settings.texts import Namespace, Version


class ChromaSettings(Settings):
    """Chroma as a server of one pod; a system without it leaves it out."""

    version: Annotated[
        Version, Promoted(order="semver", irreversible=True, max_step="minor"), Recorded(Comparison.VERSION)
    ]
    """Version of Chroma; one minor at a time, no way back but a restore."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory, requested and limited."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.SIZE)]
    """Disk; it can grow and never shrinks."""
    recovery: Annotated[RecoverySettings, Section()]
    """Recovery objectives; snapshots, alerts and drills are computed from them."""
    snapshots: Annotated[SnapshotsSettings, Section(), Recorded(Comparison.PLACE, place_of_snapshots)]
    """Where snapshots go."""
    open_to: Annotated[tuple[Namespace, ...], Bound()] = ()
    """Namespaces of applications, whose pods may reach it: http (8000); it has no users and no TLS."""

    @property
    def snapshot_room(self) -> Bytes:
        """Size in bytes of the smallest volume that may hold its snapshots."""
        return Bytes(SETS_ON_A_VOLUME * self.disk)
