"""On which nodes pods run, and with what their images are pulled: said once, and given to every pod."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ResourceTransformationResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi import ResourceTransformationArgs

_TEMPLATE = ("template", "spec")
_POD_OF: dict[str, tuple[str, ...]] = {
    "kubernetes:apps/v1:DaemonSet": _TEMPLATE,
    "kubernetes:apps/v1:Deployment": _TEMPLATE,
    "kubernetes:apps/v1:StatefulSet": _TEMPLATE,
    "kubernetes:batch/v1:Job": _TEMPLATE,
    "kubernetes:batch/v1:CronJob": ("jobTemplate", "spec", *_TEMPLATE),
    # The operator hands these fields on.
    "kubernetes:monitoring.coreos.com/v1:Prometheus": (),
    "kubernetes:monitoring.coreos.com/v1:Alertmanager": (),
}
"""Where the spec of an object says what its pods are."""

OFF_VIRTUAL_NODES = {
    "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [
                {
                    "matchExpressions": [
                        {"key": "type", "operator": "NotIn", "values": ["virtual-kubelet"]},
                        {"key": "eks.amazonaws.com/compute-type", "operator": "NotIn", "values": ["fargate"]},
                    ]
                }
            ]
        }
    }
}
"""Affinity of what stands on every node: on a virtual one (AKS, Fargate), which has neither logs nor figures, its pod
would wait for ever."""


@dataclass(frozen=True, kw_only=True)
class Scheduling:
    """What all pods have in common beside their security settings.

    Attributes:
        node_selector: labels that a node must have; what stands on every node is on those without them too.
        tolerations: taints that pods bear.
        pull_secret: the Secret with which images are pulled; none where registries ask for nothing.
    """

    node_selector: Mapping[str, str]
    tolerations: tuple[Mapping[str, str], ...]
    pull_secret: str | None

    def transform(self, args: ResourceTransformationArgs) -> ResourceTransformationResult | None:
        """Give what is said here to the pods of a resource; a Pulumi transformation."""
        path = _POD_OF.get(args.type_)
        if path is None or not (self.node_selector or self.tolerations or self.pull_secret):
            return None
        declared: Any = args.props["spec"]
        spec = self._with(declared, path, everywhere=args.type_.endswith("DaemonSet"))
        return ResourceTransformationResult({**args.props, "spec": spec}, args.opts)

    def _with(self, spec: dict[str, Any], path: tuple[str, ...], *, everywhere: bool) -> dict[str, Any]:
        if path:
            return {**spec, path[0]: self._with(spec[path[0]], path[1:], everywhere=everywhere)}
        placed = dict(spec)
        if self.node_selector and not everywhere:
            placed["nodeSelector"] = {**self.node_selector, **spec.get("nodeSelector", {})}
        if self.tolerations and not everywhere:
            placed["tolerations"] = [*spec.get("tolerations", []), *self.tolerations]
        if self.pull_secret is not None:
            placed["imagePullSecrets"] = [{"name": self.pull_secret}]
        return placed


def toleration(taint: str) -> dict[str, str]:
    """Return what bears a taint, written as `kubectl taint` writes it: `key=value:effect` or `key:effect`."""
    pair, _, effect = taint.rpartition(":")
    key, equals, value = pair.partition("=")
    borne = {"operator": "Equal", "value": value} if equals else {"operator": "Exists"}
    return {"key": key, "effect": effect, **borne}
