"""Whether a default-deny would be enforced: that depends on the network plugin alone, and the API server never says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ops.doctor.finding import good, unknown, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.doctor.context import DoctorContext
    from ops.doctor.finding import Finding

_ENFORCING = {
    "calico-node": "Calico",
    "canal": "Calico",
    "cilium": "Cilium",
    "anetd": "Cilium (GKE Dataplane V2)",
    "antrea-agent": "Antrea",
    "kube-router": "kube-router",
    "weave-net": "Weave Net",
    "ovnkube-node": "OVN-Kubernetes",
    "kube-ovn-cni": "Kube-OVN",
    "azure-npm": "Azure Network Policy Manager",
    "kindnet": "kindnet",
}
"""By the name of their DaemonSet."""

_IGNORING = re.compile("(kube-)?flannel.*")
_AWS, _AWS_SWITCH = "aws-node", "--enable-network-policy=true"
_TRY = "Try it: a pod in a namespace with a default-deny must not reach another pod"


def check_network_plugin(context: DoctorContext) -> Iterator[Finding]:
    """Look for a network plugin among the DaemonSets."""
    what = "network plugin"
    sets = {one["metadata"]["name"]: one for one in context.everywhere("daemonsets")}
    enforcing = [plugin for name, plugin in _ENFORCING.items() if name in sets]
    if _AWS in sets and _AWS_SWITCH in _arguments(sets[_AWS]):
        enforcing.append("Amazon VPC CNI with its policy agent")
    ignoring = [name for name in sets if _IGNORING.fullmatch(name) or name == _AWS]
    nobody = "so no policy would be enforced, and every pod could reach every store"
    if enforcing:
        yield good(what, f"{', '.join(enforcing)}, which enforces network policies")
    elif _AWS in ignoring:
        problem = f"{_AWS} runs without {_AWS_SWITCH}, {nobody}"
        yield wrong(what, problem, 'Set enableNetworkPolicy: "true" in the add-on vpc-cni, or install Calico or Cilium')
    elif ignoring:
        problem = f"{', '.join(ignoring)} runs and nothing else, {nobody}"
        yield wrong(what, problem, "Install Calico for policies beside it (Canal), or use Cilium in its place")
    else:
        yield unknown(
            what, "no DaemonSet is of a plugin that is known here, so whether policies are enforced can't be told", _TRY
        )


def _arguments(daemon_set: dict[str, Any]) -> list[str]:
    containers = daemon_set["spec"]["template"]["spec"]["containers"]
    return [word for container in containers for word in container.get("args", [])]
