"""What an application tells of itself: by a convention of OpenTelemetry, or by the names of its own metrics.

Everything comes by OTLP. Names are those that Prometheus gives: `kb.query.duration` in seconds is
`kb_query_duration_seconds`.
"""

from typing import Annotated

from pydantic import Field

from components.applications.convention_settings import Convention
from components.applications.limit_settings import (
    CountLimits,
    DollarLimits,
    FactorLimits,
    RateLimits,
    ScoreLimits,
    ShareLimits,
    TimeLimits,
)
from components.settings.base import Settings
from components.settings.markers import Bound, Promoted, Scaled, ScaleRule, Section
from components.settings.matching import Matching
from components.settings.objectives import Share as Promise
from components.settings.texts import ObjectName, ShortLabel
from components.settings.thresholds import Lasting, Share, Time

MetricName = Annotated[
    str,
    Matching("[a-z][a-z0-9_]*(?<!_bucket)(?<!_count)", "a metric as Prometheus names it, in lower case", "kb_queries"),
]
#: A value has nothing in it that PromQL would read.
LabelValue = Annotated[
    str,
    Matching(
        "[a-z][a-z0-9_]*=[A-Za-z0-9_./:-]+",
        "a label and its value, label=value, as Prometheus names the label",
        "status=failed",
    ),
]

LabelName = Annotated[str, Matching("[a-z][a-z0-9_]*", "a label as Prometheus names it, in lower case", "collection")]


class QuickSettings(Settings):
    """An objective: which share of the calls is answered within a time."""

    within: Annotated[Time, Promoted()]
    """The time; one of the histogram's own limits, such as 100ms."""
    objective: Annotated[Promise, Scaled(ScaleRule.FREE)]
    """The share."""


class CallsSettings(Settings):
    """Requests that are served or made, or tasks that are worked off: how many, how many fail, how long they take."""

    convention: Annotated[Convention | None, Promoted()] = None
    """How they are counted: http, rpc (both: as a server), database, messaging, model, agent; else metric."""
    metric: Annotated[MetricName | None, Promoted()] = None
    """A histogram of their durations in seconds, where no convention fits."""
    matching: Annotated[tuple[LabelValue, ...], Promoted()] = ()
    """Labels by which they are told from others of the same metric: http_route=/search."""
    failed: Annotated[tuple[LabelValue, ...], Promoted()] = ()
    """Labels of those that failed, any of them; a convention knows them already."""
    errors: Annotated[ShareLimits | None, Section()] = None
    """Share of calls that fail, from which on people are told."""
    p50: Annotated[TimeLimits | None, Section()] = None
    """Time that half of the calls take at most, from which on people are told."""
    p95: Annotated[TimeLimits | None, Section()] = None
    """The same for 95 of a hundred."""
    p99: Annotated[TimeLimits | None, Section()] = None
    """The same for 99 of a hundred."""
    rate: Annotated[RateLimits | None, Section()] = None
    """How many there are, below which people are told."""
    availability: Annotated[Promise | None, Scaled(ScaleRule.FREE)] = None
    """Objective: share of calls that don't fail."""
    quick: Annotated[QuickSettings | None, Section()] = None
    """Objective: share of calls that are answered within a time."""


class QueueSettings(Settings):
    """Work that waits: how much, and for how long."""

    waiting: Annotated[MetricName | None, Promoted()] = None
    """A gauge of how many wait."""
    oldest: Annotated[MetricName | None, Promoted()] = None
    """A gauge of seconds: the age of the oldest, or how far whoever works it off is behind."""
    matching: Annotated[tuple[LabelValue, ...], Promoted()] = ()
    """Labels by which it is told from others of the same metric."""
    backlog: Annotated[CountLimits | None, Section()] = None
    """How many wait, from which on people are told."""
    lag: Annotated[TimeLimits | None, Section()] = None
    """Age of the oldest, from which on people are told."""


class PoolSettings(Settings):
    """A pool of connections, or of anything of which there is a limit."""

    used: Annotated[MetricName, Promoted()] = "db_client_connection_count"
    """A gauge of how many are used; by OpenTelemetry's convention when left out."""
    most: Annotated[MetricName, Promoted()] = "db_client_connection_max"
    """A gauge of how many there may be; by the same convention when left out."""
    matching: Annotated[tuple[LabelValue, ...], Promoted()] = ()
    """Labels by which it is told from others of the same metrics: db_client_connection_pool_name=main."""
    share: Annotated[ShareLimits | None, Section()] = None
    """Share that is used, from which on people are told."""
    count: Annotated[CountLimits | None, Section()] = None
    """How many are used, from which on people are told."""


class CacheSettings(Settings):
    """A cache: how often it has what is asked for."""

    hits: Annotated[MetricName, Promoted()]
    """A counter of what it had."""
    misses: Annotated[MetricName, Promoted()]
    """A counter of what it had not."""
    matching: Annotated[tuple[LabelValue, ...], Promoted()] = ()
    """Labels by which it is told from others of the same metrics."""
    hit_ratio: Annotated[ShareLimits | None, Section()] = None
    """Share of hits, below which people are told."""


class QualitySettings(Settings):
    """A measure of what is found or said, such as MRR, NDCG or drift."""

    metric: Annotated[MetricName, Promoted()]
    """A gauge."""
    matching: Annotated[tuple[LabelValue, ...], Promoted()] = ()
    """Labels by which it is told from others of the same metric."""
    least: Annotated[ScoreLimits | None, Section()] = None
    """Below it people are told."""
    most: Annotated[ScoreLimits | None, Section()] = None
    """Above it people are told."""


class CountSettings(Settings):
    """A number that is only shown: what there is of something."""

    metric: Annotated[MetricName, Promoted()]
    """A gauge."""
    matching: Annotated[tuple[LabelValue, ...], Promoted()] = ()
    """Labels by which it is told from others of the same metric."""
    by: Annotated[LabelName | None, Promoted()] = None
    """A label, for each value of which there is a bar; one number when left out."""


class DegradedSettings(Settings):
    """The mode in which the application does without something."""

    metric: Annotated[MetricName, Promoted()]
    """A gauge that is 1 in that mode and else 0."""
    warning: Annotated[Lasting, Scaled(ScaleRule.FREE)]
    """How long it lasts before people are told: for 5m, or at once."""


class PodsSettings(Settings):
    """The application's Deployments, of which Kubernetes tells."""

    deployments: Annotated[tuple[ObjectName, ...], Bound(), Field(min_length=1)]
    """Their names in the application's namespace."""
    down: Annotated[Lasting, Scaled(ScaleRule.FREE)]
    """How long one has no pod that works before somebody is woken."""
    uptime: Annotated[Share | None, Scaled(ScaleRule.FREE)] = None
    """Share of a day in which one has a pod that works, below which a warning begins."""
    cpu: Annotated[ShareLimits | None, Section()] = None
    """Share of its limit of processors that a container uses, from which on people are told."""
    memory: Annotated[ShareLimits | None, Section()] = None
    """Share of its limit of memory that a container uses, from which on people are told."""


class SpendSettings(Settings):
    """What language models cost, by the tokens used and the prices in components/applications/models/prices.toml."""

    day: Annotated[DollarLimits | None, Section()] = None
    """In the last 24 hours."""
    month: Annotated[DollarLimits | None, Section()] = None
    """In the last 30 days; Prometheus has to keep as many."""
    against_average: Annotated[FactorLimits | None, Section()] = None
    """The last 24 hours against the mean day of the week before."""
    shared_by: Annotated[ShortLabel | None, Promoted()] = None
    """Name of the calls, such as tasks, among which the cost is shared: what one of them costs is shown."""


class SignalsSettings(Settings):
    """What the application tells of itself."""

    calls: Annotated[dict[ShortLabel, CallsSettings], Section(), Field(default_factory=dict)]
    """Requests and tasks, by names of your own."""
    queues: Annotated[dict[ShortLabel, QueueSettings], Section(), Field(default_factory=dict)]
    """Work that waits, by names of your own."""
    pools: Annotated[dict[ShortLabel, PoolSettings], Section(), Field(default_factory=dict)]
    """Pools of connections, by names of your own."""
    caches: Annotated[dict[ShortLabel, CacheSettings], Section(), Field(default_factory=dict)]
    """Caches, by names of your own."""
    quality: Annotated[dict[ShortLabel, QualitySettings], Section(), Field(default_factory=dict)]
    """Measures of quality, by names of your own."""
    counts: Annotated[dict[ShortLabel, CountSettings], Section(), Field(default_factory=dict)]
    """What is only shown, by names of your own."""
    degraded: Annotated[DegradedSettings | None, Section()] = None
    """The mode in which it does without something."""
    pods: Annotated[PodsSettings | None, Section()] = None
    """Its Deployments."""
    spend: Annotated[SpendSettings | None, Section()] = None
    """What language models cost."""
