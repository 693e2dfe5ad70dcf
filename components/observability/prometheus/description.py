"""What everything else knows of Prometheus and its operator."""

from components.observability.prometheus.rules import PROMETHEUS_RULES
from components.settings.limit import CACHES, DAY, HELPER, HELPER_MEMORY, MINUTE, Limits
from components.settings.program import Program
from components.settings.readiness import MONTH, Readiness
from components.settings.versions import Supported

PROMETHEUS = Program(
    pods=lambda stack: (stack.prometheus_operator, stack.prometheus),
    rules=PROMETHEUS_RULES,
    limits={
        "prometheusOperator.cpu": HELPER,
        "prometheusOperator.memory": HELPER_MEMORY,
        "prometheus.memory": CACHES,
        # A series is stale after five minutes, and two scrapes may be lost.
        "prometheus.scrapeInterval": Limits(5, 2 * MINUTE, "above 2m gaps show, below 5s targets do little else"),
        "prometheus.series": Limits(
            1000, 50_000_000, "the platform alone has more than 1000, and one process holds no more"
        ),
        "objectives.window": Limits(28 * DAY, 31 * DAY, "burn rates of 14.4, 6, 3 and 1 are those of a month"),
        "prometheus.replicas": Limits(1, 4, "each scrapes everything"),
    },
    supported={"prometheusOperator": Supported((0, 85, 0), 1), "prometheus": Supported((3, 14, 0), 4)},
    ready=(
        Readiness(
            "metrics go on while one Prometheus restarts",
            lambda s: s.prometheus.replicas > 1,
            "write ballast:prometheus.replicas: 2 (O1)",
        ),
        Readiness(
            "metrics are kept thirty days",
            lambda s: s.prometheus.retention >= MONTH,
            "write ballast:prometheus.retention: 30d (M5, O1, K1)",
        ),
    ),
)
