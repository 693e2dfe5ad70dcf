"""Which kinds of store a command is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.settings.store import StoreKind


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
HEALED = Choice(
    words="a store whose nodes need a command to join anew or to share its data",
    suits=lambda kind: kind.nodes is not None and not kind.nodes.self_healing,
)
