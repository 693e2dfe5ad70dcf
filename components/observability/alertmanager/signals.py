"""What reached people and what did not; one alert always fires, and one keeps small talk from being sent alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.alertmanager.settings import Severity
from components.signals.alerts import Alert
from components.signals.objectives import RATE as OBJECTIVE_RATE
from components.signals.objectives import Slo
from components.signals.offer import Board, Signals
from components.signals.panels import RATE, Query, Row, StatPanel, TimeSeriesPanel
from components.signals.promql import grew, minutes, recent

if TYPE_CHECKING:
    from components.observability.alertmanager.settings import AlertmanagerSettings
    from components.settings.objectives import ObjectivesSettings
    from components.settings.stack import StackSettings

WATCHDOG = "Watchdog"
INFO_INHIBITOR = "InfoInhibitor"
"""Names by which such alerts are known everywhere."""

COMPANION = "companion"
"""Label of an info alert that explains others and is worth nothing alone: `true`. Every other info alert is sent."""

_ALONE = (
    f'max by (namespace) (ALERTS{{{COMPANION}="true", severity="info", alertstate="firing"}}) == 1 '
    'unless on (namespace) ALERTS{severity=~"warning|critical", alertstate="firing"} == 1'
)


def signals(stack: StackSettings) -> Signals:
    """Return the signals of alerting itself."""
    return Signals(
        name="alertmanager",
        board=Board.STACK_HEALTH,
        place=2,
        stats=[
            StatPanel(
                title="Notifications failed in an hour",
                description="Messages that PagerDuty, Slack or the mail server did not take.",
                unit="short",
                query="sum(increase(alertmanager_notifications_failed_total[1h]))",
                levels=((1, "red"),),
            ),
        ],
        rows=[_notifications()],
        alerts=[
            Alert(
                name=WATCHDOG,
                expression="vector(1)",
                severity=None,
                summary="Alerting works",
                description="Always firing. A dead man's switch outside tells people when it stops coming.",
            ),
            Alert(
                name=INFO_INHIBITOR,
                expression=_ALONE,
                severity=None,
                summary="Small talk of this namespace is held back",
                description=f"Info alerts with the label {COMPANION}=true are sent only beside a warning or a critical "
                "alert of the same namespace.",
            ),
            *_alerts(stack.alertmanager),
        ],
        slos=[] if stack.objectives is None else [_promised(stack.objectives)],
    )


def _promised(settings: ObjectivesSettings) -> Slo:
    return Slo(
        name="NotificationDelivery",
        promise="Messages about alerts reach those who are told",
        objective=settings.notifications,
        window=settings.window,
        bad=f"sum(rate(alertmanager_notifications_failed_total{OBJECTIVE_RATE}))",
        total=f"sum(rate(alertmanager_notifications_total{OBJECTIVE_RATE}))",
    )


def _notifications() -> Row:
    return Row(
        "Alerting: Alertmanager",
        [
            TimeSeriesPanel(
                title="Notifications failed, by reason",
                description="Messages that a receiver did not take. authError: a token is no longer valid. "
                "rateLimited: too many alerts at once.",
                unit="short",
                queries=[
                    Query(
                        f"sum by (integration, reason) (increase(alertmanager_notifications_failed_total{RATE}))",
                        "{{integration}}: {{reason}}",
                    )
                ],
                levels=((1, "red"),),
            ),
            TimeSeriesPanel(
                title="Notifications sent",
                description="Messages per second by receiver; the dead man's switch is among them and never pauses.",
                unit="ops",
                queries=[
                    Query(f"sum by (integration) (rate(alertmanager_notifications_total{RATE}))", "{{integration}}")
                ],
            ),
            TimeSeriesPanel(
                title="Alerts that did not reach Alertmanager",
                description="Alerts that Prometheus dropped or could not hand over, and how many replicas of "
                "Alertmanager each of them sees.",
                unit="short",
                queries=[
                    Query(
                        f"sum by (pod) (increase(prometheus_notifications_dropped_total{RATE}))",
                        "dropped: {{pod}}",
                    ),
                    Query(f"sum by (pod) (increase(prometheus_notifications_errors_total{RATE}))", "errors: {{pod}}"),
                    Query("min by (pod) (alertmanager_cluster_members)", "members seen by {{pod}}"),
                ],
            ),
        ],
    )


def _alerts(settings: AlertmanagerSettings) -> list[Alert]:
    return [
        Alert(
            name="AlertmanagerNotificationsFail",
            expression=grew("alertmanager_notifications_failed_total", "integration"),
            severity=Severity.CRITICAL,
            after=minutes(5),
            summary="Messages through {{ $labels.integration }} fail",
            description="The receiver doesn't take them: people are not told by it.",
        ),
        Alert(
            name="AlertmanagerMembersMissing",
            expression=f"min({recent('alertmanager_cluster_members')}) < {settings.replicas}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="Replicas of Alertmanager don't see each other",
            description="People may be told twice, and a silence may hold at one replica alone.",
        ),
        Alert(
            name="AlertmanagerConfigurationsDiffer",
            expression=f"stddev({recent('alertmanager_config_hash')}) > 0",
            severity=Severity.WARNING,
            after=minutes(20),
            summary="Replicas of Alertmanager have different configurations",
            description="Who is told depends on which of them an alert reaches first.",
        ),
        Alert(
            name="AlertmanagerConfigurationRefused",
            expression=f"min by (pod) ({recent('alertmanager_config_last_reload_successful')}) == 0",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="{{ $labels.pod }} refused its new configuration",
            description="It goes on with the old one: new receivers, teams and windows don't count.",
        ),
    ]
