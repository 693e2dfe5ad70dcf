"""Which store a person names: on the command line first, then in a stack file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.settings.stores import STORE_KINDS
from ops.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.settings.stack import StackSettings
    from components.settings.store import StoreDescription, StoreKind


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which kinds of store a command is for.

    Attributes:
        words: what such a kind is.
        suits: whether a kind is one.
    """

    words: str
    suits: Callable[[StoreKind], bool]


ANY = Choice(words="a store", suits=lambda _: True)
DRAINED = Choice(words="a store of several nodes", suits=lambda kind: kind.nodes is not None)
REPLACED = Choice(
    words="a store whose lost nodes are replaced by a command",
    suits=lambda kind: kind.nodes is not None and kind.nodes.replaced,
)


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
