"""What everything else knows of Chroma."""

from collections.abc import Iterator

from components.settings.footprint import Footprint, footprint
from components.settings.limit import MI, memory
from components.settings.stack import StackSettings
from components.settings.store import DATABASES, Restore, StoreKind
from components.settings.versions import Supported
from components.stores.chroma.settings import ChromaSettings


def _footprints(chroma: ChromaSettings, _: StackSettings) -> Iterator[Footprint]:
    yield footprint(chroma)


CHROMA = StoreKind(
    section="chroma",
    word="chroma",
    namespace=DATABASES,
    prefix="chroma",
    footprints=_footprints,
    restore=Restore(part="collection", many=False, newest=""),
    limits={"chroma.memory": memory(256 * MI, "Chroma doesn't start with less")},
    supported={"chroma": Supported((1, 0, 0), 2, "1.0 has other calls and files than what came before", (1, 5, 0))},
)
