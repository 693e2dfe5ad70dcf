"""Which store a person names: on the command line first, then in a stack file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.settings.stores import STORE_KINDS
from ops.errors import RefusedError
from ops.store_choice import ANY

if TYPE_CHECKING:
    from components.settings.stack import StackSettings
    from components.settings.store import StoreDescription, StoreKind
    from ops.store_choice import Choice


def store_kind(word: str, choice: Choice = ANY) -> StoreKind:
    """Return the kind of store that a word of the command line means.

    Args:
        word: the word.
        choice: which kinds the command is for.

    Raises:
        LookupError: it means none; the message says which ones are known.
    """
    known = {kind.word: kind for kind in STORE_KINDS if choice.suits(kind)}
    if word not in known:
        raise LookupError(f"{word!r} is not {choice.words}; known are {', '.join(known)}")
    return known[word]


def declared_store(kind: StoreKind, name: str | None, stack: StackSettings, stack_file: str) -> StoreDescription:
    """Return a store of the stack file.

    Args:
        kind: which one.
        name: which of several.
        stack: the settings.
        stack_file: its name, for messages.

    Raises:
        RefusedError: the stack file leaves it out.
    """
    found = {store.name: store for store in kind.stores(stack)}
    if name in found:
        return found[name]
    if name is not None:
        known = ", ".join(map(str, found)) or "none"
        raise RefusedError(f"{stack_file}: ballast:{kind.section} declares no {name}. Name one of these: {known}.")
    raise RefusedError(
        f"{stack_file}: there is no section ballast:{kind.section}, so this stack has no such store. "
        "Name another stack or store, or add the section."
    )
