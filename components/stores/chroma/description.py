"""What everything else knows of Chroma."""

from components.settings.store import DATABASES, StoreKind

CHROMA = StoreKind(section="chroma", word="chroma", namespace=DATABASES, prefix="chroma")
