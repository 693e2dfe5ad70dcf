"""Rules of alerting, each broken once: in production somebody is told, and silence is never a mistake."""

import pytest

from components.settings.judge import Given, judge
from components.settings.secrets import SECRETS

from .conftest import swap

PROD, STAGING, DEV = "prod", "staging", "dev"
ALERTING = "ballast:alertmanager"
PAGERDUTY = "    pagerduty: {url: https://events.pagerduty.com/v2/enqueue}\n"
SLACK = '    slack: {channel: "#prod-alerts"}\n'
SLACK_OF_STAGING = '    slack: {channel: "#staging-alerts"}\n'
EMAIL = """    email:
      to: platform@acme.example.com
      sender: alerts@acme.example.com
      smarthost: smtp.acme.example.com:587
      username: alerts@acme.example.com
"""
HEARTBEAT = "    heartbeat: {patience: 15m}\n"
CIDRS = "    egressCidrs: [10.30.32.0/24]\n    teams:\n"
TEAM = '      search: {slackChannel: "#prod-search", email: search@acme.example.com}\n'
WEEKDAYS = "weekdays: [sunday]"
BEGIN, END = 'begin: "02:00"', 'end: "04:00"'
SEVERITIES = "severities: [warning, info]"
REPLICAS = "version: 0.34.0\n    replicas: 3"
ALL_WEEK = "weekdays: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]"
IN_DEV = "memory: 128Mi\n    disk: 1Gi\n"

BROKEN = {
    "prod that wakes nobody": (PROD, [(PAGERDUTY, "")], f"{ALERTING}.pagerduty", "wake nobody"),
    "prod whose warnings reach nobody": (
        PROD,
        [(SLACK, ""), (EMAIL, ""), (TEAM, "      search: {}\n")],
        f"{ALERTING}.slack",
        "a warning of prod would reach nobody",
    ),
    "staging that is paged and never warned": (
        STAGING,
        [
            (SLACK_OF_STAGING, PAGERDUTY),
            ('search: {slackChannel: "#staging-search"}', "search: {}"),
        ],
        f"{ALERTING}.slack",
        "a warning of staging would reach nobody",
    ),
    "prod whose silence nobody notices": (PROD, [(HEARTBEAT, "")], f"{ALERTING}.heartbeat", "dead"),
    "prod without a majority": (PROD, [swap(REPLICAS, "replicas: 3", "replicas: 2")], f"{ALERTING}.replicas", "3"),
    "receivers without a way out": (
        PROD,
        [(CIDRS, "    teams:\n")],
        f"{ALERTING}.egressCidrs",
        "pagerduty, slack, email, heartbeat",
    ),
    "a heartbeat in dev without a way out": (
        DEV,
        [(IN_DEV, f"{IN_DEV}{HEARTBEAT}")],
        f"{ALERTING}.egressCidrs",
        "lead to heartbeat",
    ),
    "a heartbeat that one lost call would stop": (
        PROD,
        [swap(HEARTBEAT, "15m", "359s")],
        f"{ALERTING}.heartbeat.patience",
        "6m or more",
    ),
    "a team's channel without Slack": (
        PROD,
        [(SLACK, "")],
        f"{ALERTING}.teams.search.slackChannel",
        "alertmanager.slack is missing",
    ),
    "a team's address without e-mail": (
        PROD,
        [(EMAIL, "")],
        f"{ALERTING}.teams.search.email",
        "alertmanager.email is missing",
    ),
    "a window that hides what is critical": (
        PROD,
        [(SEVERITIES, "severities: [critical, warning]")],
        f"{ALERTING}.maintenance.patches.severities",
        "always sent",
    ),
    "a window over midnight": (
        PROD,
        [(BEGIN, 'begin: "23:00"')],
        f"{ALERTING}.maintenance.patches.end",
        "within one day",
    ),
    "a window of no length": (PROD, [(END, 'end: "02:00"')], f"{ALERTING}.maintenance.patches.end", "24:00"),
    "a window that never closes": (
        PROD,
        [(WEEKDAYS, ALL_WEEK), (BEGIN, 'begin: "00:00"'), (END, 'end: "24:00"')],
        f"{ALERTING}.maintenance.patches.weekdays",
        "never closes",
    ),
    "a window for a team that nobody knows": (
        PROD,
        [(SEVERITIES, f"{SEVERITIES}\n        teams: [data]")],
        f"{ALERTING}.maintenance.patches.teams",
        "names data",
    ),
    "a webhook that nothing is told": (
        PROD,
        [(PAGERDUTY, f"{PAGERDUTY}    webhook: {{port: 443}}\n")],
        f"{ALERTING}.webhook",
        "would be told nothing",
    ),
    "an unknown severity": (
        PROD,
        [(SEVERITIES, "severities: [urgent]")],
        f"{ALERTING}.maintenance.patches.severities[0]",
        "critical",
    ),
    "an unknown time zone": (
        PROD,
        [("timeZone: Europe/Berlin", "timeZone: Europe/Atlantis")],
        f"{ALERTING}.maintenance.patches.timeZone",
        "Europe/Berlin",
    ),
    "an address in clear text": (
        PROD,
        [("https://events.pagerduty.com", "http://events.pagerduty.com")],
        f"{ALERTING}.pagerduty.url",
        "https://",
    ),
}


@pytest.mark.parametrize(("environment", "changes", "key", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_rule_is_reported_at_its_key_with_the_rule_and_a_way_out(refused, environment, changes, key, words):
    assert words in refused(environment, changes, key)


@pytest.mark.parametrize(
    ("environment", "changes"),
    [
        (PROD, [swap(HEARTBEAT, "15m", "6m")]),
        (PROD, [(SLACK, ""), swap(TEAM, 'slackChannel: "#prod-search", ', "")]),
        (PROD, [(EMAIL, ""), swap(TEAM, ", email: search@acme.example.com", "")]),
        (PROD, [(PAGERDUTY, "    webhook: {port: 443}\n")]),
        (PROD, [(SLACK, "    webhook: {port: 443}\n"), swap(TEAM, 'slackChannel: "#prod-search", ', "")]),
        (PROD, [(END, 'end: "24:00"')]),
        (PROD, [(WEEKDAYS, ALL_WEEK), (BEGIN, 'begin: "00:01"'), (END, 'end: "24:00"')]),
        (PROD, [(SEVERITIES, f"{SEVERITIES}\n        teams: [search]")]),
        (STAGING, [(SLACK_OF_STAGING, f"{SLACK_OF_STAGING}{PAGERDUTY}")]),
    ],
)
def test_a_value_just_inside_its_rule_is_accepted(mistakes, environment, changes):
    assert mistakes(environment, *changes) == {}


@pytest.mark.parametrize(
    ("section", "secret"),
    [
        ("pagerduty", "alertmanagerPagerdutyKey"),
        ("slack", "alertmanagerSlackToken"),
        ("email", "alertmanagerSmtpPassword"),
        ("webhook", "alertmanagerWebhookUrl"),
        ("heartbeat", "alertmanagerHeartbeatUrl"),
    ],
)
def test_a_receiver_without_its_secret_is_refused_with_the_command_that_sets_it(section, secret):
    others = set(SECRETS) - {secret}
    _, found = judge(Given("prod", {"alertmanager": {section: {"username": "apikey"}}}, frozenset()), others)
    asked = [mistake for mistake in found if mistake.key == f"ballast:{secret}"]
    assert len(asked) == 1
    assert asked[0].remedy == f"pulumi config set --secret ballast:{secret} --stack prod"
    _, without = judge(Given("prod", {"alertmanager": {}}, frozenset()), others)
    assert f"ballast:{secret}" not in {mistake.key for mistake in without}
