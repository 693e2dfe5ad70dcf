"""Settings of Tempo: where traces are kept and for how long."""

from typing import Annotated

from components.settings.base import Settings
from components.settings.bucket import BucketSettings, place_of_data
from components.settings.markers import Comparison, KeptFor, Promoted, Recorded, Scaled, ScaleRule, Section
from components.settings.quantities import Bytes, Duration, Millicores
from components.settings.texts import Version


class TempoSettings(Settings):
    """Tempo, one process: traces of all applications."""

    version: Annotated[Version, Promoted(order="semver", irreversible=True), Recorded(Comparison.VERSION)]
    """Version of Tempo, 3.x."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory, requested and limited."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.SIZE)]
    """Disk: all traces, or with s3 what is on its way there; it can grow and never shrinks."""
    retention: Annotated[Duration, Scaled(ScaleRule.NEVER_SMALLER), KeptFor()]
    """How long traces are kept."""
    daily_volume: Annotated[Bytes, Scaled(ScaleRule.FREE)]
    """What a day of traces takes as stored, after sampling; the disk is judged by it."""
    s3: Annotated[BucketSettings | None, Section(), Recorded(Comparison.PLACE, place_of_data)] = None
    """The bucket that holds traces; on the disk alone when left out."""
