"""Settings of Loki: where logs are kept and for how long."""

from typing import Annotated

from pydantic import Field

from components.settings.base import Settings
from components.settings.bucket import BucketSettings, place_of_data
from components.settings.markers import Comparison, KeptFor, Promoted, Recorded, Scaled, ScaleRule, Section
from components.settings.quantities import Bytes, Duration, Millicores
from components.settings.texts import Namespace, ObjectName, ShortLabel, Version


class LogStreamSettings(Settings):
    """Logs that are kept for another time than the rest."""

    namespace: Annotated[Namespace | None, Promoted()] = None
    """Namespace they come from; at least one of namespace and service."""
    service: Annotated[ObjectName | None, Promoted()] = None
    """Service they come from (resource attribute service.name); at least one of namespace and service."""
    retention: Annotated[Duration, Promoted(), KeptFor(("namespace", "service"), ("loki", "retention"))]
    """How long they are kept, in whole days."""


class LokiSettings(Settings):
    """Loki, one process: logs of all pods and applications; left out where another store keeps them."""

    version: Annotated[Version, Promoted(order="semver", irreversible=True), Recorded(Comparison.VERSION)]
    """Version of Loki, 3.x."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory, requested and limited; a quarter is left free when its log is read anew."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.SIZE)]
    """Disk: all logs, or with s3 what is on its way there; it can grow and never shrinks."""
    retention: Annotated[Duration, Scaled(ScaleRule.NEVER_SMALLER), KeptFor()]
    """How long logs are kept, in whole days."""
    daily_volume: Annotated[Bytes, Scaled(ScaleRule.FREE)]
    """What a day of logs takes as stored, compressed; the disk is judged by it. Measure it, and guess until then."""
    streams: Annotated[dict[ShortLabel, LogStreamSettings], Section(), Field(default_factory=dict)]
    """Logs that are kept for another time, by a name of your own."""
    s3: Annotated[BucketSettings | None, Section(), Recorded(Comparison.PLACE, place_of_data)] = None
    """The bucket that holds logs; on the disk alone when left out."""
