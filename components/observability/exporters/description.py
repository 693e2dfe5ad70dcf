"""What everything else knows of the exporters of the Kubernetes cluster."""

from components.settings.limit import GI, HELPER, HELPER_MEMORY, MI, Limits
from components.settings.program import Program
from components.settings.versions import Supported

EXPORTERS = Program(
    pods=lambda stack: (stack.kube_state_metrics,),
    limits={
        "kubeStateMetrics.cpu": HELPER,
        "kubeStateMetrics.memory": HELPER_MEMORY,
        "nodeExporter.cpu": HELPER,
        "nodeExporter.memory": Limits(32 * MI, 4 * GI, "one runs on every node"),
    },
    supported={"kubeStateMetrics": Supported((2, 20, 0), 3), "nodeExporter": Supported((1, 12, 0), 2)},
)
