"""What everything else knows of volumes for stores inside applications."""

from collections.abc import Iterator

from components.settings.footprint import Footprint
from components.settings.quantities import Bytes, Millicores
from components.settings.stack import StackSettings
from components.settings.store import DATABASES, Restore, StoreKind
from components.stores.volumes.rules import VOLUME_RULES
from components.stores.volumes.settings import EmbeddedVolumeSettings
from components.stores.volumes.transitions import VOLUME_TRANSITIONS

#: Room for an application that mounts a volume: it runs where its volume is.
APPLICATION = Footprint(pods=2, cpu=Millicores(1000), memory=Bytes(2 * 2**30))


def _footprints(_: EmbeddedVolumeSettings, __: StackSettings) -> Iterator[Footprint]:
    yield APPLICATION


def _claims(volume: EmbeddedVolumeSettings) -> Iterator[Bytes]:
    yield volume.disk


VOLUMES = StoreKind(
    section="volumes",
    word="volume",
    namespace=DATABASES,
    prefix="volume",
    footprints=_footprints,
    claims=_claims,
    restore=Restore(newest=""),
    rules=VOLUME_RULES,
    transitions=VOLUME_TRANSITIONS,
)
