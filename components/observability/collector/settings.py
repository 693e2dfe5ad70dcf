"""Settings of the OpenTelemetry Collector: what logs, traces and metrics of applications pass through."""

from typing import Annotated

from pydantic import Field

from components.settings.addresses import HeaderName, HttpsUrl
from components.settings.base import Settings
from components.settings.markers import Bound, Comparison, Promoted, Recorded, Scaled, ScaleRule, Section
from components.settings.networks import Cidr
from components.settings.patterns import KeyPattern, ValuePattern
from components.settings.quantities import Bytes, Duration, Millicores
from components.settings.texts import Namespace, Version

LONGEST_TRACE = Duration(5 * 60)
"""When a trace is judged whose root has not come: it began elsewhere, or goes on for longer than any caller waits."""


class AgentSettings(Settings):
    """The collector on every node: reads the pods' logs and takes what applications send."""

    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested by each."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory of each, requested and limited."""


class GatewaySettings(Settings):
    """The collectors that mask, sample and pass on; each queues on a disk of its own."""

    replicas: Annotated[int, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.COUNT), Field(ge=1)]
    """Number of replicas; all spans of a trace go to the same one."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested by each."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory of each, requested and limited."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.SIZE)]
    """Disk of each, for what a backend does not take yet; it can grow and never shrinks."""


class SamplingSettings(Settings):
    """Which traces are kept: every error and every slow one, and a share of the rest."""

    percent: Annotated[int, Scaled(ScaleRule.FREE), Field(ge=0, le=100)]
    """Share of the rest, in percent."""
    slow: Annotated[Duration, Promoted()]
    """From which duration on a trace is slow."""
    wait: Annotated[Duration, Promoted()]
    """How long other spans of a trace are waited for when its root has come, before it is judged."""


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
    header: Annotated[HeaderName, Bound()]
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
    open_to: Annotated[tuple[Namespace, ...], Bound()] = ()
    """Namespaces of applications, whose pods may send to the agents."""
    vendor: Annotated[VendorSettings | None, Section()] = None
    """A second place for traces; none when left out."""
