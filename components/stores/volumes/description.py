"""What everything else knows of volumes for stores inside applications."""

from components.settings.store import DATABASES, StoreKind
from components.stores.volumes.transitions import VOLUME_TRANSITIONS

VOLUMES = StoreKind(
    section="volumes",
    word="volume",
    namespace=DATABASES,
    prefix="volume",
    transitions=VOLUME_TRANSITIONS,
)
