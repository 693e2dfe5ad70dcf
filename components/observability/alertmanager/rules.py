"""Rules of alerting: in production somebody is told, and silence is never a mistake."""

from collections.abc import Iterator

from components.observability.alertmanager.settings import Severity, Weekday
from components.settings.environment import Tier
from components.settings.report import Mistake
from components.settings.rule import QUORUM, Rule
from components.settings.stack import StackSettings

EVERY_DAY = len(Weekday)


def _prod_reaches_people(stack: StackSettings) -> Iterator[Mistake]:
    alerting = stack.alertmanager
    if stack.tier is not Tier.PROD:
        return
    if alerting.pagerduty is None and alerting.webhook is None:
        yield Mistake(
            ("alertmanager", "pagerduty"),
            "is missing, and so is webhook: a critical alert of prod would wake nobody",
            "write pagerduty: {url: https://events.pagerduty.com/v2/enqueue}, or webhook: {port: 443} for another "
            "service, and set its secret",
        )
    if alerting.heartbeat is None:
        yield Mistake(
            ("alertmanager", "heartbeat"),
            "is missing, so nobody would notice that alerting in prod is dead",
            "write heartbeat: {patience: 15m} and set its secret",
        )


def _warnings_reach_people(stack: StackSettings) -> Iterator[Mistake]:
    alerting = stack.alertmanager
    if any(one is not None for one in (alerting.slack, alerting.webhook, alerting.email)):
        return
    if stack.tier is Tier.PROD or alerting.pagerduty is not None:
        yield Mistake(
            ("alertmanager", "slack"),
            f"is missing, and so are webhook and email: a warning of {stack.tier} would reach nobody",
            'write slack: {channel: "#alerts"}, webhook: {port: 443} or email: {...} and set its secret',
        )


def _prod_survives_the_loss_of_a_node(stack: StackSettings) -> Iterator[Mistake]:
    if stack.tier is Tier.PROD and stack.alertmanager.replicas < QUORUM:
        yield Mistake(
            ("alertmanager", "replicas"),
            f"is {stack.alertmanager.replicas}, but in prod an alert must be sent while a zone is lost",
            f"write {QUORUM}",
        )


def _receivers_can_be_reached(stack: StackSettings) -> Iterator[Mistake]:
    alerting = stack.alertmanager
    given = [
        name
        for name, section in (
            ("pagerduty", alerting.pagerduty),
            ("slack", alerting.slack),
            ("email", alerting.email),
            ("webhook", alerting.webhook),
            ("heartbeat", alerting.heartbeat),
        )
        if section is not None
    ]
    if given and not alerting.egress_cidrs:
        yield Mistake(
            ("alertmanager", "egressCidrs"),
            f"is missing, so no connection would lead to {', '.join(given)}",
            "name the networks of your egress gateway",
        )


def _a_webhook_is_told_something(stack: StackSettings) -> Iterator[Mistake]:
    alerting = stack.alertmanager
    if alerting.webhook is not None and alerting.pagerduty is not None and alerting.slack is not None:
        problem = "would be told nothing: it stands in for pagerduty or for slack, and both are given"
        yield Mistake(("alertmanager", "webhook"), problem, "leave it out, or the one that it is to stand in for")


def _teams_use_what_is_there(stack: StackSettings) -> Iterator[Mistake]:
    alerting = stack.alertmanager
    for name, team in alerting.teams.items():
        if team.slack_channel is not None and alerting.slack is None:
            yield Mistake(
                ("alertmanager", "teams", name, "slackChannel"),
                f"is {team.slack_channel}, but alertmanager.slack is missing",
                "add it, or leave the channel out",
            )
        if team.email is not None and alerting.email is None:
            yield Mistake(
                ("alertmanager", "teams", name, "email"),
                f"is {team.email}, but alertmanager.email is missing",
                "add it, or leave the address out",
            )


def _maintenance_hides_nothing_critical(stack: StackSettings) -> Iterator[Mistake]:
    for name, window in stack.alertmanager.maintenance.items():
        path = ("alertmanager", "maintenance", name)
        if Severity.CRITICAL in window.severities:
            yield Mistake(
                (*path, "severities"),
                "has critical, which is always sent; a window that hid it would outlive the work it was made for",
                "leave it out, and silence single alerts by hand with an end",
            )
        if window.begin >= window.end:
            yield Mistake(
                (*path, "end"),
                f"is {window.end}, not after the begin {window.begin}; a window lies within one day",
                'write a later time (at most "24:00"), or make a second window for the day after',
            )
        if len(set(window.weekdays)) == EVERY_DAY and (window.begin, window.end) == ("00:00", "24:00"):
            yield Mistake(
                (*path, "weekdays"),
                "has every day, and each is covered from 00:00 to 24:00, so the window never closes",
                "leave days out, or make it shorter",
            )
        for team in window.teams:
            if team not in stack.alertmanager.teams:
                yield Mistake(
                    (*path, "teams"),
                    f"names {team}, which is none of alertmanager.teams",
                    "add the team there, or leave it out here",
                )


ALERTMANAGER_RULES: tuple[Rule, ...] = (
    _prod_reaches_people,
    _warnings_reach_people,
    _prod_survives_the_loss_of_a_node,
    _receivers_can_be_reached,
    _a_webhook_is_told_something,
    _teams_use_what_is_there,
    _maintenance_hides_nothing_critical,
)
