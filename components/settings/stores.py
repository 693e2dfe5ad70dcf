"""What is known of every store alike, in one list that everything else loops over."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.settings.stack import StackSettings
from components.stores.chroma.settings import ChromaSettings
from components.stores.opensearch.settings import OpenSearchSettings
from components.stores.qdrant.settings import QdrantSettings
from components.stores.volumes.settings import EmbeddedVolumeSettings

AnyStoreSettings = OpenSearchSettings | QdrantSettings | ChromaSettings | EmbeddedVolumeSettings


@dataclass(frozen=True, kw_only=True)
class StoreDescription:
    """A store that a stack file declares.

    Attributes:
        path: its section below `ballast:`, for example `("volumes", "knowledge")`.
        label: value of the label `store` of its metrics. Its jobs write it and queries ask for it. No two stores of a
            stack have the same, whatever a volume is called.
        settings: its section.
    """

    path: tuple[str, ...]
    label: str
    settings: AnyStoreSettings

    @property
    def key(self) -> str:
        """Its section as messages and commitments name it, for example `volumes.knowledge`."""
        return ".".join(self.path)


def volume_label(name: str) -> str:
    """Return the label of a volume, which is also the name of its claim and the prefix of its jobs."""
    return f"volume-{name}"


SECTIONS = ("opensearch", "qdrant", "chroma", "volumes")
"""Sections of the stack file that declare stores: the first three one each, the last any number."""


def section_stores(stack: StackSettings, section: str) -> Iterator[StoreDescription]:
    """Yield the stores of one section.

    Raises:
        NotReadError: the section could not be read.
    """
    settings = getattr(stack, section)
    if section == "volumes":
        for name, volume in settings.items():
            yield StoreDescription(path=(section, name), label=volume_label(name), settings=volume)
    elif settings is not None:
        yield StoreDescription(path=(section,), label=section, settings=settings)


def stores(stack: StackSettings) -> Iterator[StoreDescription]:
    """Yield every store of a valid stack."""
    for section in SECTIONS:
        yield from section_stores(stack, section)
