"""All kinds of stores, in one list that everything else loops over."""

from collections.abc import Iterator

from components.settings.stack import StackSettings
from components.settings.store import StoreDescription, StoreKind
from components.stores.chroma.description import CHROMA
from components.stores.opensearch.description import OPENSEARCH
from components.stores.qdrant.description import QDRANT
from components.stores.volumes.description import VOLUMES

STORE_KINDS: tuple[StoreKind, ...] = (OPENSEARCH, QDRANT, CHROMA, VOLUMES)


def stores(stack: StackSettings) -> Iterator[StoreDescription]:
    """Yield every store of a valid stack."""
    for kind in STORE_KINDS:
        yield from kind.stores(stack)
