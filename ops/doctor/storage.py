"""The storage class, and how many volumes the nodes and the cloud give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.cloud.settings import EBS_DRIVER
from components.settings.quantities import Bytes
from ops.doctor.amounts import amount
from ops.doctor.finding import good, unknown, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.doctor.context import DoctorContext
    from ops.doctor.finding import Finding


def check_storage_class(context: DoctorContext) -> Iterator[Finding]:
    """Judge the class of all data volumes."""
    storage_class, key = context.settings.cluster.storage_class, context.key("cluster.storageClass.name")
    what = f"storage class {storage_class.name}"
    found = context.storage_class
    if storage_class.made is not None:
        yield from _made(context, what, found)
        if found is None:
            return
    if found is None:
        there = ", ".join(sorted(one["metadata"]["name"] for one in context.everywhere("storageclasses"))) or "none"
        yield wrong(
            what, f"is not there (there is: {there}), and no volume would be made", f"Make it, or correct {key}"
        )
        return
    wanted = (
        ("reclaimPolicy", "Retain", "Delete", "a volume would be deleted with its claim"),
        ("allowVolumeExpansion", True, False, "no disk could grow"),
        (
            "volumeBindingMode",
            "WaitForFirstConsumer",
            "Immediate",
            "a volume would be made in any zone, where its pod may have no place",
        ),
    )
    bad = [
        (f"{field}: {_written(found.get(field, default))}, so {harm}", f"{field}: {_written(right)}")
        for field, right, default, harm in wanted
        if found.get(field, default) != right
    ]
    for problem, right in bad:
        yield wrong(what, problem, f"Make a class with {right} and name it in {key}; most fields of one never change")
    if not bad:
        yield good(what, f"retains, grows, and waits for the first pod ({found['provisioner']})")
    yield from _zones(context, what, found)


def _made(context: DoctorContext, what: str, found: dict[str, Any] | None) -> Iterator[Finding]:
    """Judge whether `up` can make the class: its driver is there, and no other class in its place."""
    if context.read("csidriver", EBS_DRIVER, "--output=json") is None:
        problem = f"would be of {EBS_DRIVER}, a driver that the cluster lacks, and no volume would be made"
        yield wrong(
            what, problem, "Install the EKS add-on aws-ebs-csi-driver, with the role that made.driverRole names"
        )
    elif found is None:
        yield good(what, "is made by `up`; its driver is there")
    if found is not None and (found.get("provisioner"), found.get("parameters", {}).get("encrypted")) != (
        EBS_DRIVER,
        "true",
    ):
        problem = "is there and makes other volumes than what is declared, and no class can be changed"
        yield wrong(what, problem, "Delete the class; volumes and claims of it stay, and `up` makes it anew")


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _zones(context: DoctorContext, what: str, found: dict) -> Iterator[Finding]:
    terms = found.get("allowedTopologies") or []
    allowed = {
        value
        for term in terms
        for expression in term["matchLabelExpressions"]
        if expression["key"].endswith("/zone")
        for value in expression["values"]
    }
    if outside := sorted(set(context.settings.cluster.zones) - allowed) if allowed else []:
        problem = (
            f"makes volumes in {', '.join(sorted(allowed))} only; pods in {', '.join(outside)} would wait for ever"
        )
        yield wrong(what, problem, f"Add the zones to its allowedTopologies, or correct {context.key('cluster.zones')}")


def check_attachments(context: DoctorContext) -> Iterator[Finding]:
    """Compare the number of volumes with what the storage driver says that nodes can attach."""
    claims = [size for one in context.declared for size in one.claims]
    total = Bytes(sum(int(amount(size)) for size in claims))
    what, asked = "volumes", f"{len(claims)} of together {total}"
    made = context.settings.cluster.storage_class.made
    provisioner = (context.storage_class or {}).get("provisioner") or (EBS_DRIVER if made else None)
    counts = [
        driver["allocatable"]["count"]
        for node in context.everywhere("csinodes")
        for driver in node["spec"].get("drivers") or []
        if driver["name"] == provisioner and "count" in (driver.get("allocatable") or {})
    ]
    if counts and sum(counts) < len(claims):
        problem = f"{asked} are declared, and the nodes can attach {sum(counts)}: pods would wait for ever"
        yield wrong(what, problem, "Add nodes, or take a machine type that attaches more")
    elif counts:
        yield good(what, f"{asked}; the nodes can attach {sum(counts)}")
    yield unknown(
        "the cloud's quota of volumes",
        f"it can't be read through Kubernetes; {asked} are declared, and beyond the quota claims stay pending",
        "Compare with the provider's page of quotas (AWS: Service Quotas, EBS, storage for gp3 volumes)",
    )
