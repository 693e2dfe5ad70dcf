"""A job's rights in the Kubernetes API: a service account, and a role that allows exactly what is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_kubernetes.core.v1 import ServiceAccount
from pulumi_kubernetes.rbac.v1 import ClusterRole, ClusterRoleBinding, Role, RoleBinding

from components.foundation.labels import PART_OF
from components.foundation.manifests import FORCED, manifest
from components.settings.platform_name import PlatformName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from pulumi import Output, ResourceOptions


Rule = dict[str, "Any"]

RELEASERS = "ballast:releasers"
"""The group whose members may release; they are let in every namespace, and may delete nothing."""

READING = ["get", "list", "watch"]


def service_account(
    name: str,
    namespace: PlatformName,
    rules: Sequence[Rule],
    child: ResourceOptions,
    *,
    annotations: Mapping[str, str] | None = None,
) -> Output[str]:
    """Return the name of a service account that may do what the rules say inside its namespace, and nothing else.

    Args:
        name: of the account, its role and its binding; in the cluster they carry the prefix of their namespace, because
            the API server knows the account of a drain by that.
        namespace: in which it is declared.
        rules: of the role.
        child: options of the objects.
        annotations: how the account's identity is told to the cloud.
    """
    metadata = {"name": str(PlatformName(name)), "namespace": str(namespace)}
    account = ServiceAccount(
        name,
        metadata=manifest({**metadata, "annotations": dict(annotations or {})}),
        automount_service_account_token=False,
        opts=child,
    )
    role = Role(name, metadata=metadata, rules=[manifest(rule) for rule in rules], opts=child)
    RoleBinding(
        name,
        metadata=metadata,
        role_ref=manifest({"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role.metadata.name}),
        subjects=[{"kind": "ServiceAccount", "name": account.metadata.name, "namespace": str(namespace)}],
        opts=child,
    )
    return account.metadata.apply(lambda made: str(made.name))


def cluster_reader(name: str, namespace: PlatformName, rules: Sequence[Rule], child: ResourceOptions) -> Output[str]:
    """Return the name of a service account that may look at what the rules name, in the whole cluster.

    Args:
        name: of the account; its role carries the name of the platform too, because roles of a cluster share one space.
        namespace: in which it is declared.
        rules: of the role; without their verbs, which are those of a reader.
        child: options of the objects.
    """
    account = ServiceAccount(
        name,
        metadata={"name": name, "namespace": str(namespace)},
        automount_service_account_token=False,
        opts=child,
    )
    metadata = {"name": f"{PART_OF}-{name}"}
    reading = [manifest({**rule, "verbs": ["get"] if "nonResourceURLs" in rule else READING}) for rule in rules]
    role = ClusterRole(name, metadata=metadata, rules=reading, opts=child)
    ClusterRoleBinding(
        name,
        metadata=metadata,
        role_ref=manifest({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role.metadata.name}),
        subjects=[{"kind": "ServiceAccount", "name": account.metadata.name, "namespace": str(namespace)}],
        opts=child,
    )
    return account.metadata.apply(lambda made: str(made.name))


def record_keeping(*names: str, changing: bool = False) -> list[Rule]:
    """Return rules for records in ConfigMaps: made once and read; changed only where `changing` says so."""
    verbs = ["get", "patch"] if changing else ["get"]
    return [
        # RBAC can't name what doesn't exist yet, so `create` holds for every ConfigMap of the namespace.
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create"]},
        {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": list(names), "verbs": verbs},
    ]


def locking(name: str) -> list[Rule]:
    """Return rules for the lock of a store, a Lease of this name."""
    group = "coordination.k8s.io"
    return [
        {"apiGroups": [group], "resources": ["leases"], "verbs": ["create"]},
        {"apiGroups": [group], "resources": ["leases"], "resourceNames": [name], "verbs": ["get", "update"]},
    ]


def restarting(stateful_sets: Sequence[str], pods: Sequence[str]) -> list[Rule]:
    """Return rules for the gated restart: look at these StatefulSets and all pods, delete only these pods."""
    return [
        {"apiGroups": ["apps"], "resources": ["statefulsets"], "resourceNames": list(stateful_sets), "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]},
        {"apiGroups": [""], "resources": ["pods"], "resourceNames": list(pods), "verbs": ["delete"]},
    ]


def draining(namespace: PlatformName, stateful_sets: Sequence[str]) -> list[Rule]:
    """Return rules for a drain: take nodes away from these StatefulSets and say so on the namespace."""
    return [
        {"apiGroups": ["apps"], "resources": ["statefulsets"], "resourceNames": list(stateful_sets), "verbs": ["get"]},
        {
            "apiGroups": ["apps"],
            "resources": ["statefulsets/scale"],
            "resourceNames": list(stateful_sets),
            "verbs": ["get", "patch"],
        },
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]},
        {"apiGroups": [""], "resources": ["namespaces"], "resourceNames": [str(namespace)], "verbs": ["get", "patch"]},
    ]


def releasing(namespaces: Mapping[str, Output[str]], child: ResourceOptions) -> None:
    """Let a group give up namespaces and their claims, which whoever may delete them can't: it takes two.

    One role for all, which is bound in each of them and never in the whole cluster: there it would hold for namespaces
    of others.

    Args:
        namespaces: their names in the cluster, by their bare ones.
        child: options of all; they outlive a teardown like the claims.
    """
    verbs = {"persistentvolumeclaims": ["get", "list", "patch"], "namespaces": ["get", "patch"]}
    role = ClusterRole(
        "release",
        metadata=manifest({"name": f"{PART_OF}-release", "annotations": FORCED}),
        rules=[
            manifest({"apiGroups": [""], "resources": [resource], "verbs": allowed})
            for resource, allowed in verbs.items()
        ],
        opts=child,
    )
    for bare, namespace in namespaces.items():
        RoleBinding(
            f"{bare}-release",
            metadata={"name": "release", "namespace": namespace, "annotations": FORCED},
            role_ref=manifest(
                {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role.metadata.name}
            ),
            subjects=[manifest({"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": RELEASERS})],
            opts=child,
        )


def certificate_reading(certificate: str) -> Rule:
    """Return the rule to see when a certificate was last issued; its key stays out of reach."""
    return {
        "apiGroups": ["cert-manager.io"],
        "resources": ["certificates"],
        "resourceNames": [certificate],
        "verbs": ["get"],
    }
