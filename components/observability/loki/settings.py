"""Settings of Loki: where logs are kept and for how long."""

from typing import Annotated

from pydantic import Field

from components.settings.base import Settings
from components.settings.bucket import BucketSettings, PlaceSince
from components.settings.markers import Bound, Comparison, KeptFor, Promoted, Recorded, Scaled, ScaleRule, Section
from components.settings.quantities import Bytes, Duration, Millicores
from components.settings.texts import Day, Namespace, ObjectName, ShortLabel, Version

FIRST_DAY = "2024-01-01"
"""From when on the first period of the schema holds. It lies before every log that there can be, and never changes."""

FOLDER = "loki"
"""Folder of the disk's objects: Loki has one `storage_prefix` for all its object stores, the disk among them."""


class LogStreamSettings(Settings):
    """Logs that are kept for another time than the rest."""

    namespace: Annotated[Namespace | None, Promoted()] = None
    """Namespace they come from; at least one of namespace and service."""
    service: Annotated[ObjectName | None, Promoted()] = None
    """Service they come from (resource attribute service.name); at least one of namespace and service."""
    retention: Annotated[
        Duration,
        Promoted(),
        KeptFor(("namespace", "service"), ("loki", "retention")),
        Recorded(Comparison.SPAN),
    ]
    """How long they are kept, in whole days."""


class LokiPeriodSettings(Settings):
    """A further period of Loki's `schema_config`: from a day on logs lie elsewhere, and older ones stay."""

    since: Annotated[Day, Bound(), Field(alias="from")]
    """The day in UTC on which it begins. It is in the future when it is first written."""
    s3: Annotated[BucketSettings | None, Section()] = None
    """The bucket that holds the logs of this period; they are on the disk when it is left out."""


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
    retention: Annotated[Duration, Scaled(ScaleRule.NEVER_SMALLER), KeptFor(), Recorded(Comparison.SPAN)]
    """How long logs are kept, in whole days."""
    daily_volume: Annotated[Bytes, Scaled(ScaleRule.FREE)]
    """What a day of logs takes as stored, compressed; the disk is judged by it. Measure it, and guess until then."""
    streams: Annotated[dict[ShortLabel, LogStreamSettings], Section(), Field(default_factory=dict)]
    """Logs that are kept for another time, by a name of your own."""
    s3: Annotated[
        BucketSettings | None, Section(), Recorded(Comparison.PERIOD, lambda bucket: str(PlaceSince(FIRST_DAY, bucket)))
    ] = None
    """The bucket that holds logs; on the disk alone when left out."""
    periods: Annotated[
        dict[ShortLabel, LokiPeriodSettings],
        Section(),
        Recorded(Comparison.PERIOD, lambda period: str(PlaceSince(period.since, period.s3))),
        Field(default_factory=dict),
    ]
    """Where logs lie from a later day on, by a name of your own; `./ballast move` writes one."""

    @property
    def places(self) -> tuple[PlaceSince, ...]:
        """Where logs lie, the earliest first; each holds until the next begins."""
        later = [PlaceSince(period.since, period.s3) for period in self.periods.values()]
        return (PlaceSince(FIRST_DAY, self.s3), *sorted(later, key=lambda place: place.since))

    @property
    def buckets(self) -> tuple[BucketSettings, ...]:
        """The buckets that hold logs, each once, the earliest first."""
        return tuple({place.bucket.place: place.bucket for place in self.places if place.bucket is not None}.values())
