"""How much a namespace may ask for, computed from what is declared to run in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.settings.quantities import Bytes, Millicores

if TYPE_CHECKING:
    from components.settings.footprint import Footprint

HEADROOM = 1.5
"""Half again of what is declared: room for a rolling Deployment and one-shot jobs, none for a runaway."""

JOB_PODS = 12
"""Pods of jobs that may run at once, above what is declared: those of an update, of the clock and of people."""


@dataclass(frozen=True, kw_only=True)
class Quota:
    """The sum of all footprints of a namespace, with headroom for compute and none taken from storage."""

    footprints: tuple[Footprint, ...]
    claims: tuple[Bytes, ...] = ()
    """Sizes of claims that belong to no set of pods."""

    def hard(self) -> dict[str, str]:
        """Return the `hard` map of a ResourceQuota.

        Storage may be asked for twice over: a claim that grows or is restored beside the old one must not be refused
        in the middle of the night, and storage is watched by its own alerts.
        """
        pods = sum(f.pods for f in self.footprints)
        cpu = sum(f.pods * f.cpu for f in self.footprints)
        memory = sum(f.pods * f.memory for f in self.footprints)
        disk = sum(f.pods * f.disk for f in self.footprints) + sum(self.claims)
        return {
            "pods": str(int(pods * HEADROOM) + JOB_PODS),
            "requests.cpu": Millicores(int(cpu * HEADROOM) + 1000).kubernetes,
            "requests.memory": Bytes(int(memory * HEADROOM) + 1024**3).kubernetes,
            "limits.memory": Bytes(int(memory * HEADROOM) + 1024**3).kubernetes,
            "requests.storage": Bytes(disk * 2).kubernetes,
        }
