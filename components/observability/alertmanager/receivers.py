"""Receivers: how a message reaches PagerDuty, Slack, a mailbox or the dead man's switch, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.credentials.passwords import PASSWORD_KEY
from components.foundation.connections import ExternalEndpoint
from components.settings.addresses import port_of

if TYPE_CHECKING:
    from components.observability.alertmanager.settings import AlertmanagerSettings, TeamSettings

FOLDER = "/etc/ballast/receivers"
"""Where each receiver's secret is mounted, in a folder of its own."""

SECRET_OF = {
    "pagerduty": "alertmanagerPagerdutyKey",
    "slack": "alertmanagerSlackToken",
    "email": "alertmanagerSmtpPassword",
    "webhook": "alertmanagerWebhookUrl",
    "heartbeat": "alertmanagerHeartbeatUrl",
}
"""Keys of the secrets in the stack file, by the section of `alertmanager` that needs them."""

NOBODY = "nobody"
"""The receiver that tells nobody: of what isn't meant for people, and of a stack file without receivers."""

SLACK_URL = "https://slack.com/api/chat.postMessage"
"""Slack's method for bots. Unlike an incoming webhook's address, a bot's token may write to every team's channel."""

HTTPS_PORT = 443
"""Port of Slack, and of the dead man's switch, whose address is a secret that no network policy can know."""

SHOWN = 10
"""Alerts told one by one in a message; a storm of hundreds would be cut off by the receiver in the middle."""

TITLE = (
    '[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ len .Alerts.Firing }}{{ end }}] '
    "{{ .GroupLabels.alertname }}{{ with .GroupLabels.namespace }} in {{ . }}{{ end }}"
    "{{ with .GroupLabels.environment }} ({{ . }}){{ end }}"
)

TEXT = (
    "{{ range $index, $alert := .Alerts }}{{ if lt $index " + str(SHOWN) + " }}{{ if $index }}\n{{ end }}"
    '{{ if eq .Status "resolved" }}Resolved: {{ end }}{{ or .Annotations.summary .Labels.alertname }}\n'
    'severity {{ or .Labels.severity "not given" }}, environment {{ or .Labels.environment "not given" }}, '
    'team {{ or .Labels.team "none" }}\n'
    "{{ with or .Annotations.runbook_url .Annotations.runbook }}Runbook: {{ . }}\n{{ end }}"
    "{{ with .Annotations.dashboard_url }}Dashboard: {{ . }}\n{{ end }}"
    "{{ end }}{{ end }}"
    "{{ if gt (len .Alerts) "
    + str(SHOWN)
    + " }}\nThese are the first "
    + str(SHOWN)
    + " of {{ len .Alerts }}.\n{{ end }}"
)
"""Plain text for chat and mail: both make links of addresses."""

_LINKS = (("runbook_url", "Runbook"), ("dashboard_url", "Dashboard"))


def secret_file(section: str) -> str:
    """Return the path at which Alertmanager reads the secret of a section."""
    return f"{FOLDER}/{section}/{PASSWORD_KEY}"


def given(settings: AlertmanagerSettings) -> list[str]:
    """Return the sections of receivers that have a secret: all that the stack file has, but a relay without login."""
    login = settings.email is not None and settings.email.username is not None
    there = [section for section in SECRET_OF if getattr(settings, section) is not None]
    return [section for section in there if section != "email" or login]


def pager(settings: AlertmanagerSettings) -> str:
    """Return what wakes people: PagerDuty, or the webhook where there is none."""
    return _first(settings, "pagerduty", "webhook")


def chat(settings: AlertmanagerSettings) -> str:
    """Return where warnings go: Slack, the webhook where there is no Slack, or e-mail where there is neither."""
    return _first(settings, "slack", "webhook", "email")


def mail(settings: AlertmanagerSettings) -> str:
    """Return where info goes: e-mail, or the chat where there is no e-mail."""
    return _first(settings, "email", "slack", "webhook")


def _first(settings: AlertmanagerSettings, *sections: str) -> str:
    return next((section for section in sections if getattr(settings, section) is not None), NOBODY)


def receiver_of(section: str, name: str, team: TeamSettings) -> str:
    """Return the name of a team's receiver: its own channel or address, or that of all."""
    own = {"slack": team.slack_channel, "email": team.email}.get(section)
    return section if own is None else f"{section}-{name}"


def global_settings(settings: AlertmanagerSettings) -> dict[str, Any]:
    """Return what all receivers share: addresses and files with secrets."""
    shared: dict[str, Any] = {"resolve_timeout": "5m"}
    if settings.pagerduty is not None:
        shared["pagerduty_url"] = settings.pagerduty.url
    if settings.slack is not None:
        shared |= {"slack_app_url": SLACK_URL, "slack_app_token_file": secret_file("slack")}
    if settings.email is not None:
        shared |= {
            "smtp_smarthost": settings.email.smarthost,
            "smtp_from": settings.email.sender,
            "smtp_require_tls": True,
        }
        if settings.email.username is not None:
            shared |= {
                "smtp_auth_username": settings.email.username,
                "smtp_auth_password_file": secret_file("email"),
            }
    return shared


def receivers(settings: AlertmanagerSettings) -> list[dict[str, Any]]:
    """Return every receiver: one for each section, one for each team's own channel or address, and nobody."""
    made: dict[str, dict[str, Any]] = {NOBODY: {}}
    if settings.pagerduty is not None:
        made["pagerduty"] = {"pagerduty_configs": [_pagerduty()]}
    if settings.heartbeat is not None:
        made["heartbeat"] = {"webhook_configs": [{"url_file": secret_file("heartbeat"), "send_resolved": False}]}
    if settings.slack is not None:
        made["slack"] = _slack(settings.slack.channel)
    if settings.email is not None:
        made["email"] = _email(settings.email.to)
    if settings.webhook is not None:
        how = {"url_file": secret_file("webhook"), "send_resolved": True, "max_alerts": SHOWN}
        made["webhook"] = {"webhook_configs": [how]}
    for name, team in settings.teams.items():
        if team.slack_channel is not None:
            made[receiver_of("slack", name, team)] = _slack(team.slack_channel)
        if team.email is not None:
            made[receiver_of("email", name, team)] = _email(team.email)
    return [{"name": name, **how} for name, how in made.items()]


def outside(settings: AlertmanagerSettings) -> ExternalEndpoint | None:
    """Return where all receivers are reached, with one port by the name of each section; None without receivers."""
    ports: dict[str, int] = {}
    if settings.pagerduty is not None:
        ports["pagerduty"] = port_of(settings.pagerduty.url)
    if settings.slack is not None:
        ports["slack"] = HTTPS_PORT
    if settings.email is not None:
        ports["email"] = int(settings.email.smarthost.rpartition(":")[2])
    if settings.webhook is not None:
        ports["webhook"] = settings.webhook.port
    if settings.heartbeat is not None:
        ports["heartbeat"] = HTTPS_PORT
    return ExternalEndpoint(name="receivers", cidrs=settings.egress_cidrs, ports=ports) if ports else None


def _pagerduty() -> dict[str, Any]:
    return {
        "routing_key_file": secret_file("pagerduty"),
        "send_resolved": True,
        "description": TITLE,
        "severity": "critical",
        "class": "{{ .GroupLabels.alertname }}",
        "component": "{{ .GroupLabels.namespace }}",
        "group": "{{ .GroupLabels.environment }}",
        "details": {"alerts": TEXT, "team": "{{ .CommonLabels.team }}"},
        # A link without an address is left out by Alertmanager.
        "links": [
            {"href": f"{{{{ range .Alerts }}}}{{{{ .Annotations.{key} }}}}{{{{ break }}}}{{{{ end }}}}", "text": text}
            for key, text in _LINKS
        ],
    }


def _slack(channel: str) -> dict[str, Any]:
    return {"slack_configs": [{"channel": channel, "send_resolved": True, "title": TITLE, "text": TEXT}]}


def _email(to: str) -> dict[str, Any]:
    return {
        "email_configs": [{"to": to, "send_resolved": True, "headers": {"Subject": TITLE}, "text": TEXT, "html": ""}]
    }
