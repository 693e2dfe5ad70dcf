"""What stands after `make up`, and how to look at it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolchain.cluster import Cluster
    from toolchain.engine import Engine

_KINDS = (
    "pods",
    "statefulsets",
    "deployments",
    "daemonsets",
    "jobs",
    "persistentvolumeclaims",
    "services",
    "networkpolicies",
)


def summary(cluster: Cluster, engine: Engine, stack: str) -> str:
    """A closing report: what exists per namespace, the stack's outputs, and the commands to look further."""
    answer = cluster.kubectl("get", ",".join(_KINDS), "--all-namespaces", "-o", "json").stdout
    lines = ["", f"The platform `{stack}` stands on the local cluster:"]
    lines += _counts(json.loads(answer)["items"])
    outputs = json.loads(engine.run("stack", "output", "--json", "--stack", stack).stdout or "{}")
    if outputs:
        lines += ["", "Outputs:", *(f"  {name}: {_short(value)}" for name, value in outputs.items())]
    lines += [
        "",
        "Look at it:",
        f"  export KUBECONFIG={cluster.kubeconfig}",
        (
            "  kubectl get pods --all-namespaces -o wide    "
            "(no kubectl of 1.34 to 1.36 on PATH? `make status` shows the pods as well)"
        ),
        "  python3 -m toolchain pulumi preview --diff   (any Pulumi command on this stack)",
        "",
        "Next:",
        f"  edit Pulumi.{stack}.yaml and run `make up` again: only what changed is changed",
        "  `make test` tests all of it; `make down` stops the cluster and keeps its data; `make clean` deletes it",
        "",
        "Pods are simulated here: everything up to their start is real, no container runs (see docs/simulated.md).",
    ]
    return "\n".join(lines)


def _counts(items: list[dict[str, Any]]) -> list[str]:
    table: dict[str, dict[str, int]] = {}
    ready: dict[str, int] = {}
    for item in items:
        namespace = item["metadata"]["namespace"]
        # Every cluster has the service `kubernetes` in `default`; it is not the platform's.
        if namespace == "default":
            continue
        kinds = table.setdefault(namespace, {})
        kinds[item["kind"]] = kinds.get(item["kind"], 0) + 1
        if item["kind"] == "Pod" and _is_well(item):
            ready[namespace] = ready.get(namespace, 0) + 1
    return [
        f"  {namespace}: "
        + ", ".join(
            f"{ready.get(namespace, 0)} of {count} Pods ready or completed" if kind == "Pod" else f"{count} {kind}"
            for kind, count in sorted(kinds.items(), key=lambda pair: (pair[0] != "Pod", pair[0]))
        )
        for namespace, kinds in sorted(table.items())
    ]


def _is_well(pod: dict[str, Any]) -> bool:
    status = pod.get("status", {})
    conditions = {entry["type"]: entry["status"] for entry in status.get("conditions", [])}
    return status.get("phase") == "Succeeded" or conditions.get("Ready") == "True"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 100 else text[:97] + "..."  # noqa: PLR2004 - a line's worth
