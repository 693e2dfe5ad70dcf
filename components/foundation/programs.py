"""Job programs as the pods see them: the very files that the tests import, under the same package path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_kubernetes.core.v1 import ConfigMap

from components.foundation.labels import PART_OF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi import Output, ResourceOptions

    from components.settings.platform_name import PlatformName

COMPONENTS = Path(__file__).resolve().parents[1]
KIT = "foundation/jobkit"
"""The folder of the modules that all programs share."""


@dataclass(frozen=True, kw_only=True)
class JobPrograms:
    """A ConfigMap with the programs of one namespace and the kit they stand on.

    Attributes:
        config_map: its name; it changes with its content, and every job that mounts it runs anew.
        items: which key becomes which file below the pod's package root.
    """

    config_map: Output[str]
    items: tuple[dict[str, str], ...]

    def volume(self, name: str) -> dict[str, Any]:
        """Return the pod volume that holds the package tree."""
        return {"name": name, "configMap": {"name": self.config_map, "items": list(self.items)}}


def job_programs(name: str, namespace: PlatformName, stores: Sequence[str], child: ResourceOptions) -> JobPrograms:
    """Ship the folders `components/stores/<store>/jobs` and the kit.

    One ConfigMap serves all jobs of a namespace, so that a changed line is shown once in a preview.
    """
    modules = {
        f"components/{folder}/{path.name}": path.read_text(encoding="utf-8")
        for folder in (KIT, *(f"stores/{store}/jobs" for store in stores))
        for path in sorted((COMPONENTS / folder).glob("*.py"))
    }
    made = ConfigMap(
        name,
        metadata={"namespace": str(namespace), "labels": {"app.kubernetes.io/part-of": str(PART_OF)}},
        # A key may not hold a slash.
        data={path.replace("/", "."): text for path, text in modules.items()},
        opts=child,
    )
    return JobPrograms(
        config_map=made.metadata.apply(lambda metadata: str(metadata.name)),
        items=tuple({"key": path.replace("/", "."), "path": path} for path in modules),
    )
