"""What is to become of one key of a stack file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from components.settings.environment import NAMESPACE
from components.settings.report import Mistake


class _Removed(Enum):
    """So that no value of YAML, null included, can be taken for it."""

    REMOVED = "removed"


#: In place of a value: the key leaves the file, and its default comes into effect.
REMOVED: Final = _Removed.REMOVED


@dataclass(frozen=True)
class Change:
    """What is to become of one key.

    Attributes:
        key: Names from the stack down, without the leading `ballast:`, such as `("jobs", "version")`.
        value: The value that is to be in effect, as plain JSON, or `REMOVED`. For a key that the source's file leaves
            to its default, and the target's too, nothing is written.
    """

    key: tuple[str, ...]
    value: object

    @property
    def is_removal(self) -> bool:
        """Whether the key is to leave the file."""
        return self.value is REMOVED

    @property
    def path(self) -> tuple[str, ...]:
        """Names from the top of the file down, as the file spells them."""
        first, *rest = self.key
        return ("config", f"{NAMESPACE}:{first}", *rest)


def spoken(path: tuple[str, ...]) -> str:
    """A path from the top of the file as messages show it, for example `ballast:jobs.version`."""
    return Mistake(path[1:], "", "").key
