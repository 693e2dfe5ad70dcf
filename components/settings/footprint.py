"""What sets of equal pods ask of a Kubernetes cluster."""

from dataclasses import dataclass
from typing import Any

from components.settings.base import Settings
from components.settings.quantities import Bytes, Millicores


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """What one set of equal pods asks for: `pods` of them, each with `cpu`, `memory` and a claim of `disk`."""

    pods: int
    cpu: Millicores
    memory: Bytes
    disk: Bytes = Bytes(0)  # noqa: RUF009 - an immutable number


def footprint(section: Settings, pods: int | None = None) -> Footprint:
    """Return what a section of the stack file asks for: as many pods as it has replicas, one where it names none.

    Args:
        section: with `cpu` and `memory` of a pod; with `disk`, if each has a claim.
        pods: how many, where the stack file doesn't say it.
    """
    sizes: Any = section
    return Footprint(
        pods=pods or getattr(sizes, "replicas", 1),
        cpu=sizes.cpu,
        memory=sizes.memory,
        disk=getattr(sizes, "disk", Bytes(0)),
    )
