"""What everything else knows of Qdrant."""

from components.settings.store import StoreKind
from components.stores.qdrant.rules import QDRANT_RULES
from components.stores.qdrant.settings import CLUSTER, NAMESPACE
from components.stores.qdrant.transitions import QDRANT_TRANSITIONS

QDRANT = StoreKind(
    section="qdrant",
    word="qdrant",
    namespace=NAMESPACE,
    prefix=CLUSTER,
    rules=QDRANT_RULES,
    transitions=QDRANT_TRANSITIONS,
)
