"""What everything else knows of Alertmanager."""

from components.observability.alertmanager.rules import ALERTMANAGER_RULES
from components.settings.limit import HELPER, HELPER_DISK, HELPER_MEMORY, MINUTE, Limits
from components.settings.markers import Secret
from components.settings.program import Program
from components.settings.readiness import Readiness
from components.settings.rule import QUORUM
from components.settings.versions import Supported

ALERTMANAGER = Program(
    pods=lambda stack: (stack.alertmanager,),
    rules=ALERTMANAGER_RULES,
    limits={
        "alertmanager.cpu": HELPER,
        "alertmanager.memory": HELPER_MEMORY,
        "alertmanager.disk": HELPER_DISK,
        "alertmanager.webhook.port": Limits(1, 65535, "a port is a number of 16 bits"),
        "alertmanager.replicas": Limits(1, 5, "each tells all others what was sent"),
        # It calls three times as often, each time up to a minute late (observability, 2.6), and one call may be lost:
        # two calls, two minutes and a minute apart each, are six minutes.
        "alertmanager.heartbeat.patience": Limits(
            6 * MINUTE,
            120 * MINUTE,
            "a third of it and a minute lie between two calls, one may be lost, and people wait for the news",
        ),
    },
    supported={"alertmanager": Supported((0, 34, 0), 1)},
    secrets={
        "alertmanagerPagerdutyKey": Secret(
            purpose="integration key with which critical alerts reach PagerDuty",
            readers=("alertmanager",),
            section="alertmanager.pagerduty",
        ),
        "alertmanagerSlackToken": Secret(
            purpose="bot token with which alerts are written to Slack",
            readers=("alertmanager",),
            section="alertmanager.slack",
        ),
        "alertmanagerSmtpPassword": Secret(
            purpose="password of the user that sends alerts by e-mail",
            readers=("alertmanager",),
            section="alertmanager.email.username",
        ),
        "alertmanagerWebhookUrl": Secret(
            purpose="address to which alerts are posted; whoever knows it can post there too",
            readers=("alertmanager",),
            section="alertmanager.webhook",
        ),
        "alertmanagerHeartbeatUrl": Secret(
            purpose="address of the dead man's switch outside; whoever knows it can keep it quiet",
            readers=("alertmanager",),
            section="alertmanager.heartbeat",
        ),
    },
    ready=(
        Readiness(
            "alerts are sent while a zone is lost",
            lambda s: s.alertmanager.replicas >= QUORUM,
            "write ballast:alertmanager.replicas: 3",
        ),
        Readiness(
            "what is critical wakes somebody",
            lambda s: (s.alertmanager.pagerduty or s.alertmanager.webhook) is not None,
            "write ballast:alertmanager.pagerduty or webhook (O3)",
        ),
        Readiness(
            "warnings are read in a channel",
            lambda s: s.alertmanager.slack is not None,
            "write ballast:alertmanager.slack (O3)",
        ),
        Readiness(
            "somebody outside notices that alerting is dead",
            lambda s: s.alertmanager.heartbeat is not None,
            "write ballast:alertmanager.heartbeat",
        ),
        Readiness(
            "teams have channels of their own", lambda s: bool(s.alertmanager.teams), "write ballast:alertmanager.teams"
        ),
    ),
)
