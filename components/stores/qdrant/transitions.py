"""What may follow what in a vector store that holds collections already."""

from collections.abc import Iterator

from components.settings.transition import Finding, Texts, TransitionRule, changed


def _a_collection_keeps_its_shape(old: Texts, new: Texts) -> Iterator[Finding]:
    for key, was, now in changed(old, new, "qdrant.collections.*"):
        problem = f"changes from {was} to {now}, which is fixed when a collection is created"
        yield key, problem, "write the old values, add a collection of another name, fill it and move the alias"


QDRANT_TRANSITIONS: tuple[TransitionRule, ...] = (_a_collection_keeps_its_shape,)
