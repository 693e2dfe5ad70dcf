"""What everything else knows of the OpenTelemetry Collector."""

from components.observability.collector.rules import COLLECTOR_RULES
from components.observability.collector.transitions import COLLECTOR_TRANSITIONS
from components.settings.limit import GI, HELPER, HELPER_DISK, MI, MINUTE, Limits, memory
from components.settings.markers import Secret
from components.settings.program import Program
from components.settings.readiness import Readiness
from components.settings.versions import Supported

COLLECTOR = Program(
    pods=lambda stack: (stack.collector.gateway,),
    rules=COLLECTOR_RULES,
    transitions=COLLECTOR_TRANSITIONS,
    limits={
        "collector.agent.cpu": HELPER,
        "collector.agent.memory": Limits(64 * MI, 4 * GI, "one runs on every node, and what waits lies on its disk"),
        "collector.gateway.replicas": Limits(1, 50, "each has a disk of its own"),
        "collector.gateway.disk": HELPER_DISK,
        "collector.gateway.memory": memory(128 * MI, "spans wait in it"),
        "collector.sampling.percent": Limits(0, 100, "it is a share"),
        "collector.sampling.slow": Limits(1, 2 * MINUTE, "a trace is waited for no longer"),
        # Spans of a trace wait in memory (observability, 2.4 has 30 s).
        "collector.sampling.wait": Limits(1, 2 * MINUTE, "all spans wait in memory meanwhile"),
    },
    supported={"collector": Supported((0, 155, 0), 1, ahead=30)},
    secrets={
        "collectorVendorToken": Secret(
            purpose="token with which traces are sent to the second place outside",
            readers=("collector gateway",),
            section="collector.vendor",
        ),
    },
    ready=(
        Readiness(
            "telemetry goes on while one gateway restarts",
            lambda s: s.collector.gateway.replicas > 1,
            "write ballast:collector.gateway.replicas: 2",
        ),
    ),
)
