"""The hardened pod: what Pod Security "restricted" asks, and a little more, added to a plain pod spec."""

from __future__ import annotations

import hashlib
from typing import Any

from pulumi import Output

TERMINATION_GRACE_SECONDS = 30

CONTAINER_SECURITY: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def hardened_pod(spec: dict[str, Any], *, user: int, api_access: bool = False) -> dict[str, Any]:
    """Return `spec` with the security settings that every pod of the platform carries.

    Args:
        spec: a pod spec in the API's own words; what it sets itself about security is not accepted.
        user: uid, gid and fsGroup of all its processes; volumes change owner only when they differ, because
            a recursive chown of a large index takes minutes.
        api_access: mount the service account's token; false unless the pod calls the Kubernetes API.

    Raises:
        ValueError: if the spec brings a security context or host access of its own.
    """
    return _secured(spec, user=user, api_access=api_access)


def node_reading_pod(spec: dict[str, Any], *, api_access: bool = False) -> dict[str, Any]:
    """Return `spec` as a pod that runs as root, because a node's logs belong to root, and may do nothing else as root.

    It has no capability, so it reads what root owns and passes over no other permission. Only namespaces in
    `OPEN_TO_THE_HOST` admit it.

    Raises:
        ValueError: as `hardened_pod`.
    """
    return _secured(spec, user=0, api_access=api_access)


def _secured(spec: dict[str, Any], *, user: int, api_access: bool) -> dict[str, Any]:
    forbidden = {"securityContext", "hostNetwork", "hostPID", "hostIPC", "automountServiceAccountToken"} & spec.keys()
    own = [c["name"] for kind in ("initContainers", "containers") for c in spec.get(kind, []) if "securityContext" in c]
    if forbidden or own:
        raise ValueError(f"security settings belong to hardened_pod, found {sorted(forbidden)} and {own}")
    result = {
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": TERMINATION_GRACE_SECONDS,
        **spec,
        "automountServiceAccountToken": api_access,
        "securityContext": {
            "runAsNonRoot": user > 0,
            "runAsUser": user,
            "runAsGroup": user,
            "fsGroup": user,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    for kind in ("initContainers", "containers"):
        if kind in spec:
            security = {**CONTAINER_SECURITY, "runAsNonRoot": user > 0}
            result[kind] = [{**container, "securityContext": security} for container in spec[kind]]
    return result


def fixed_resources(cpu: str, memory: str) -> dict[str, Any]:
    """Return requests and limits with memory equal in both, so that a pod is never killed for a neighbour's growth.

    CPU has no limit: throttling a store in the middle of a garbage collection does harm and saves nothing.
    """
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}}


def template_digest(template: dict[str, Any]) -> Output[str]:
    """Return a digest of a pod template, names of Secrets and ConfigMaps included: what a restart job depends on."""
    return Output.json_dumps(template, sort_keys=True).apply(lambda text: hashlib.sha256(text.encode()).hexdigest())
