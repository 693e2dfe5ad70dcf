"""node_exporter: what the cluster's nodes are doing, as metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi import ComponentResource, Output, ResourceOptions

from components.foundation.connections import Endpoint, Metrics
from components.foundation.daemon_sets import daemon_set
from components.foundation.images import Image
from components.foundation.labels import Workload
from components.foundation.monitors import pod_monitors
from components.foundation.pods import fixed_resources, hardened_pod
from components.foundation.scheduling import OFF_VIRTUAL_NODES
from components.settings.telemetry_namespaces import NODE_AGENTS

if TYPE_CHECKING:
    from components.observability.exporters.settings import ClusterMetricsSettings

NAME = "node-exporter"
NAMESPACE = NODE_AGENTS
PORT = 9100
USER = 65534
ROOT = "/host/root"

COLLECTORS = (
    "cpu",
    "diskstats",
    "edac",
    "filefd",
    "filesystem",
    "loadavg",
    "mdadm",
    "meminfo",
    "pressure",
    "stat",
    "time",
    "timex",
    "vmstat",
)
"""What a pod sees of its node without the node's network or its processes. The figures of interfaces would be the
pod's own, so those collectors are off; cAdvisor tells what the node's interfaces carry. So would be the name that uname
tells: which node it is says the label `node`, and `kube_node_info` has its kernel."""

FILESYSTEMS = "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|efivarfs|fusectl|hugetlbfs|mqueue|\
nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tmpfs|tracefs)$"
"""Types that hold no disk of the node's."""

MOUNT_POINTS = "^/((dev|proc|run|sys)($|/)|var/lib/(docker|containerd|containers|kubelet)/.)"
"""Where containers are assembled and their volumes are mounted: the kubelet tells of those, by claim. The folders
themselves may be disks of their own, which images fill."""


WORKLOAD = Workload("node-exporter", NAMESPACE)


def arguments() -> list[str]:
    """Return the command line.

    The node's own /proc is below its root, so process 1 there is the node's: no pod has to share its processes.
    """
    return [
        f"--web.listen-address=:{PORT}",
        f"--path.rootfs={ROOT}",
        f"--path.procfs={ROOT}/proc",
        f"--path.sysfs={ROOT}/sys",
        f"--path.udev.data={ROOT}/run/udev/data",
        "--collector.disable-defaults",
        *(f"--collector.{name}" for name in COLLECTORS),
        f"--collector.filesystem.fs-types-exclude={FILESYSTEMS}",
        f"--collector.filesystem.mount-points-exclude={MOUNT_POINTS}",
    ]


@dataclass(frozen=True, kw_only=True)
class NodeExporterArgs:
    """What it needs to know: version and size, and its image."""

    settings: ClusterMetricsSettings
    image: str


class NodeExporter(ComponentResource):
    """One pod on every node, which sees its node's root and can change nothing there."""

    daemon_set: Output[str]

    image = Image(name="prom/node-exporter", tag="v{version}")

    endpoint = Endpoint.of(WORKLOAD, {"metrics": PORT}, metrics=(Metrics(),))
    endpoints = (endpoint,)
    connections = ()

    def __init__(self, name: str, args: NodeExporterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:observability:NodeExporter", name, None, opts)
        child = ResourceOptions(parent=self)
        probe = {"httpGet": {"path": "/", "port": "metrics"}, "periodSeconds": 10, "timeoutSeconds": 5}
        container = {
            "name": NAME,
            "image": args.image,
            "args": arguments(),
            "ports": [{"name": "metrics", "containerPort": PORT}],
            "resources": fixed_resources(args.settings.cpu.kubernetes, args.settings.memory.kubernetes),
            "readinessProbe": probe,
            "livenessProbe": {**probe, "failureThreshold": 6},
            "volumeMounts": [
                # File systems that are mounted later are seen too, and nothing goes the other way.
                {"name": "root", "mountPath": ROOT, "readOnly": True, "mountPropagation": "HostToContainer"}
            ],
        }
        pod = hardened_pod(
            {
                "containers": [container],
                "volumes": [{"name": "root", "hostPath": {"path": "/", "type": "Directory"}}],
                # A node that takes no other pods is still a node.
                "tolerations": [{"operator": "Exists"}],
                "affinity": OFF_VIRTUAL_NODES,
            },
            user=USER,
        )
        made = daemon_set(name, WORKLOAD, pod, child)
        pod_monitors(self.endpoint, child)
        self.daemon_set = made.metadata.apply(lambda metadata: str(metadata.name))
        self.register_outputs({"daemon_set": self.daemon_set})
