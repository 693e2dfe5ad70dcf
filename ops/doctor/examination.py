"""All checks, one after the other; what one can't read is said, and the others go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.settings.read import read_stack
from components.settings.secrets import SECRETS
from ops.cluster import Cluster, UnansweredError
from ops.doctor.context import DoctorContext
from ops.doctor.declared import declared_objects
from ops.doctor.definitions import check_certificates, check_definitions, check_operator_definitions
from ops.doctor.finding import Finding, unknown
from ops.doctor.kubelets import check_kubelets
from ops.doctor.names import check_names
from ops.doctor.network_plugin import check_network_plugin
from ops.doctor.placement import check_placement, check_zones
from ops.doctor.registries import check_registries
from ops.doctor.rights import check_rights
from ops.doctor.storage import check_attachments, check_storage_class
from ops.doctor.versions import check_engine, check_kubernetes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CHECKS: dict[str, Callable[[DoctorContext], Iterator[Finding]]] = {
    "engine": check_engine,
    "Kubernetes": check_kubernetes,
    "definitions": check_definitions,
    "versions of definitions": check_operator_definitions,
    "cert-manager": check_certificates,
    "rights": check_rights,
    "names": check_names,
    "storage class": check_storage_class,
    "volumes": check_attachments,
    "zones": check_zones,
    "room on the nodes": check_placement,
    "kubelet limits": check_kubelets,
    "network plugin": check_network_plugin,
    "registries": check_registries,
}


def examine(project: Path, stack: str) -> Iterator[Finding]:
    """Look at the cluster of a stack, and yield what is found while it is found.

    Raises:
        SettingsError: with every mistake in the stack file.
        RefusedError: the program is refused, or the cluster is missing or another one.
    """
    file = f"Pulumi.{stack}.yaml"
    settings = read_stack(project / file, SECRETS)
    context = DoctorContext(
        stack=stack,
        file=file,
        settings=settings,
        # Asked before the program runs, which takes seconds.
        cluster=Cluster.recognised(settings.cluster, file, project),
        declared=declared_objects(project, stack),
    )
    for what, check in CHECKS.items():
        try:
            yield from check(context)
        except UnansweredError as error:
            yield unknown(what, f"can't be read: {error.said}", "Ask for the right to read it, and look again")
