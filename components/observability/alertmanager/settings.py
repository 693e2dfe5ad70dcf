"""Alerting: who is told what, how, and when not."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from components.settings.addresses import DayTime, HostAndPort, HttpsUrl, MailAddress, SlackChannel, TimeZone, UserName
from components.settings.base import Settings
from components.settings.markers import Bound, Comparison, Promoted, Recorded, Scaled, ScaleRule, Section
from components.settings.networks import Cidr
from components.settings.quantities import Bytes, Duration, Millicores
from components.settings.texts import ShortLabel, Version


class Severity(StrEnum):
    """How soon somebody has to look: at once, in working hours, or when it suits."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Weekday(StrEnum):
    """A day of the week as Alertmanager spells it."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class PagerdutySettings(Settings):
    """PagerDuty, Events API v2; its integration key is a secret."""

    url: Annotated[HttpsUrl, Bound()]
    """Where events are sent: https://events.pagerduty.com/v2/enqueue, or the one of the EU."""


class SlackSettings(Settings):
    """Slack; the bot's token is a secret."""

    channel: Annotated[SlackChannel, Bound()]
    """Channel of whatever has no team, or whose team has none."""


class EmailSettings(Settings):
    """E-mail by SMTP, with STARTTLS always: alerts name what is broken. The password is a secret."""

    to: Annotated[MailAddress, Bound()]
    """Address of whatever has no team, or whose team has none."""
    sender: Annotated[MailAddress, Bound()]
    """Address that it comes from."""
    smarthost: Annotated[HostAndPort, Bound()]
    """Host and port of the mail server."""
    username: Annotated[UserName | None, Bound()] = None
    """User at the mail server; left out where it is a relay that asks for none."""


class WebhookSettings(Settings):
    """A service that takes Alertmanager's own JSON by POST, in place of PagerDuty or Slack; its URL is a secret."""

    port: Annotated[int, Bound(), Field(ge=1, le=65535)]
    """Port of its URL, for the network policy; 443 for most."""


class HeartbeatSettings(Settings):
    """A dead man's switch outside: it tells people when Alertmanager's calls stop. Its URL is a secret."""

    patience: Annotated[Duration, Bound()]
    """How long the service outside waits for a call before it tells people; it is called three times as often."""


class TeamSettings(Settings):
    """A team, told apart by the label `team` of an alert."""

    slack_channel: Annotated[SlackChannel | None, Bound()] = None
    """Its own channel."""
    email: Annotated[MailAddress | None, Bound()] = None
    """Its own address."""


class MaintenanceSettings(Settings):
    """A window in which alerts of some severities are not sent; what is critical is always sent."""

    weekdays: Annotated[tuple[Weekday, ...], Bound(), Field(min_length=1)]
    """Days on which it is open."""
    begin: Annotated[DayTime, Bound()]
    """Time of day at which it opens."""
    end: Annotated[DayTime, Bound()]
    """Time of day at which it closes, on the same day."""
    time_zone: Annotated[TimeZone, Bound()]
    """Time zone of both."""
    severities: Annotated[tuple[Severity, ...], Bound(), Field(min_length=1)]
    """What is not sent meanwhile."""
    teams: Annotated[tuple[ShortLabel, ...], Bound()] = ()
    """Teams whose alerts it holds for; all when left out."""


class AlertmanagerSettings(Settings):
    """Alertmanager: three replicas speak with each other, so that a person is told once."""

    version: Annotated[Version, Promoted(order="semver")]
    """Version of Alertmanager."""
    replicas: Annotated[int, Scaled(ScaleRule.NEVER_SMALLER), Field(ge=1, le=5)]
    """Number of replicas; three in prod."""
    cpu: Annotated[Millicores, Scaled(ScaleRule.NEVER_SMALLER)]
    """Processors requested by each."""
    memory: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER)]
    """Memory of each, requested and limited."""
    disk: Annotated[Bytes, Scaled(ScaleRule.NEVER_SMALLER), Recorded(Comparison.SIZE)]
    """Disk of each, for silences and what was already sent; it can grow and never shrinks."""
    pagerduty: Annotated[PagerdutySettings | None, Section()] = None
    """Where critical alerts go."""
    slack: Annotated[SlackSettings | None, Section()] = None
    """Where critical alerts go too, and warnings."""
    email: Annotated[EmailSettings | None, Section()] = None
    """Where info goes, and warnings where neither slack nor webhook is given."""
    webhook: Annotated[WebhookSettings | None, Section()] = None
    """Where critical alerts go where there is no PagerDuty, and warnings where there is no Slack."""
    heartbeat: Annotated[HeartbeatSettings | None, Section()] = None
    """Who notices when alerting itself is dead."""
    egress_cidrs: Annotated[tuple[Cidr, ...], Bound()] = ()
    """Networks through which all of these are reached (an egress gateway); needed when any of them is given."""
    teams: Annotated[dict[ShortLabel, TeamSettings], Section(), Field(default_factory=dict)]
    """Teams by the value of the label `team`."""
    maintenance: Annotated[dict[ShortLabel, MaintenanceSettings], Section(), Field(default_factory=dict)]
    """Windows by name."""
