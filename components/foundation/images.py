"""The image catalogue: from which registry an image comes; its name stands beside the program that it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCKER_HUB = "docker.io"
"""The default one, which images name by naming none."""
QUAY = "quay.io"
KUBERNETES = "registry.k8s.io"
"""Registries of images that are not on the default one; a mirror stands in for these too."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image.

    Attributes:
        name: in its registry.
        tag: out of the version that settings give.
        registry: none for the default one.
    """

    name: str
    tag: str = "{version}"
    registry: str = ""


@dataclass(frozen=True, kw_only=True)
class ImageCatalogue:
    """Where images come from.

    Attributes:
        mirror: replaces every registry that has no mirror of its own.
        mirrors: prefixes by the registry that each stands for.
    """

    mirror: str | None
    mirrors: Mapping[str, str] = field(default_factory=dict)

    def reference(self, image: Image, version: str, name: str | None = None) -> str:
        """Return what a pod names.

        Args:
            image: which one.
            version: of its program.
            name: of an image derived from it, which an operator may have put into a registry of its own.
        """
        name = name or image.name
        # Only bare names are mirrored.
        has_registry = "." in name.split("/", 1)[0] or ":" in name.split("/", 1)[0]
        source = self.mirrors.get(image.registry or DOCKER_HUB) or self.mirror or image.registry
        prefix = "" if has_registry or not source else f"{source.rstrip('/')}/"
        return f"{prefix}{name}:{image.tag.format(version=version)}"

    def python(self, name: str, version: str) -> str:
        """Return the slim Python image in which job modules run."""
        return self.reference(Image(name=name), version)
