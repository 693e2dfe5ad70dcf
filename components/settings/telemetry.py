"""Logs and traces: where they are kept and for how long, and the collector they pass through."""

from typing import Annotated

from pydantic import Field

from components.settings.addresses import HttpsUrl
from components.settings.base import Settings
from components.settings.bucket import BucketSettings
from components.settings.markers import Bound, Promoted, Scaled, ScaleRule, Section
from components.settings.patterns import KeyPattern, ValuePattern
from components.settings.quantities import Bytes, Duration, Millicores
from components.settings.texts import Cidr, ObjectName, ShortLabel, Version


class LogStreamSettings(Settings):
    """Logs that are kept for another time than the rest."""

    namespace: Annotated[ObjectName | None, Promoted()] = None
    """Namespace they come from; at least one of namespace and service."""
    service: Annotated[ObjectName | None, Promoted()] = None
    """Service they come from (resource attribute service.name); at least one of namespace and service."""
    retention: Annotated[Duration, Promoted()]
    """How long they are kept, in whole days."""


class LokiSettings(Settings):
    """Loki, one process: logs of all pods and applications; left out where OpenSearch keeps them."""

    version: Annotated[Version, Promoted(order="semver", irreversible=True)]
    """Version of Loki, 3.x."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory, requested and limited; a quarter is left free when its log is read anew."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Disk: all logs, or with s3 what is on its way there; it can grow and never shrinks."""
    retention: Annotated[Duration, Scaled(ScaleRule.NEVER_SMALLER)]
    """How long logs are kept, in whole days."""
    daily_volume: Annotated[Bytes, Scaled(ScaleRule.FREE)]
    """What a day of logs takes as stored, compressed; the disk is judged by it. Measure it, and guess until then."""
    streams: Annotated[dict[ShortLabel, LogStreamSettings], Section(), Field(default_factory=dict)]
    """Logs that are kept for another time, by a name of your own."""
    s3: Annotated[BucketSettings | None, Section()] = None
    """The bucket that holds logs; on the disk alone when left out."""


class TempoSettings(Settings):
    """Tempo, one process: traces of all applications."""

    version: Annotated[Version, Promoted(order="semver", irreversible=True)]
    """Version of Tempo, 3.x."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory, requested and limited."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Disk: all traces, or with s3 what is on its way there; it can grow and never shrinks."""
    retention: Annotated[Duration, Scaled(ScaleRule.NEVER_SMALLER)]
    """How long traces are kept."""
    daily_volume: Annotated[Bytes, Scaled(ScaleRule.FREE)]
    """What a day of traces takes as stored, after sampling; the disk is judged by it."""
    s3: Annotated[BucketSettings | None, Section()] = None
    """The bucket that holds traces; on the disk alone when left out."""


class AgentSettings(Settings):
    """The collector on every node: reads the pods' logs and takes what applications send."""

    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested by each."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory of each, requested and limited."""


class GatewaySettings(Settings):
    """The collectors that mask, sample and pass on; each queues on a disk of its own."""

    replicas: Annotated[int, Scaled(ScaleRule.NEVER_SMALLER), Field(ge=1)]
    """Number of replicas; all spans of a trace go to the same one."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested by each."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory of each, requested and limited."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Disk of each, for what a backend does not take yet; it can grow and never shrinks."""


class SamplingSettings(Settings):
    """Which traces are kept: every error and every slow one, and a share of the rest."""

    percent: Annotated[int, Scaled(ScaleRule.FREE), Field(ge=0, le=100)]
    """Share of the rest, in percent."""
    slow: Annotated[Duration, Promoted()]
    """From which duration on a trace is slow."""
    wait: Annotated[Duration, Promoted()]
    """How long spans of a trace are waited for before it is judged."""


class MaskSettings(Settings):
    """What is masked beside e-mail addresses, card numbers, keys and tokens, which always are."""

    keys: Annotated[tuple[KeyPattern, ...], Promoted()] = ()
    """Regular expressions; an attribute whose name matches has its value masked."""
    values: Annotated[tuple[ValuePattern, ...], Promoted()] = ()
    """Regular expressions; the part of an attribute or a log line that matches is masked."""


class VendorSettings(Settings):
    """A second place for traces outside (Logfire, or anything that takes OTLP by HTTP); its token is a secret."""

    endpoint: Annotated[HttpsUrl, Bound()]
    """Base URL; /v1/traces is put behind it."""
    header: Annotated[ObjectName, Bound()]
    """Name of the HTTP header that carries the token, in lower case."""
    egress_cidrs: Annotated[tuple[Cidr, ...], Bound(), Field(min_length=1)]
    """Networks through which it is reached (an egress gateway)."""


class CollectorSettings(Settings):
    """The OpenTelemetry Collector: agents on the nodes, and a gateway."""

    version: Annotated[Version, Promoted(order="semver")]
    """Version of the collector (otelcol-k8s)."""
    agent: Annotated[AgentSettings, Section()]
    """The collector on every node."""
    gateway: Annotated[GatewaySettings, Section()]
    """The collectors behind them."""
    sampling: Annotated[SamplingSettings, Section()]
    """Which traces are kept."""
    masks: Annotated[MaskSettings, Section(), Field(default_factory=MaskSettings)]
    """What is masked."""
    open_to: Annotated[tuple[ObjectName, ...], Bound()] = ()
    """Namespaces of applications, whose pods may send to the agents."""
    vendor: Annotated[VendorSettings | None, Section()] = None
    """A second place for traces; none when left out."""


class DataPrepperSettings(Settings):
    """Data Prepper: brings logs into the search cluster; left out where Loki keeps them."""

    version: Annotated[Version, Promoted(order="semver")]
    """Version of Data Prepper, 2.x."""
    replicas: Annotated[int, Scaled(ScaleRule.NEVER_SMALLER), Field(ge=1)]
    """Number of pods."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested by each."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory of each, requested and limited; half of it is heap."""
    index: Annotated[ShortLabel, Promoted()]
    """Name of the entry of opensearch.indexes whose lifecycle the logs have."""
