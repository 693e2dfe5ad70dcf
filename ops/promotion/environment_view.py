"""One environment's side of a comparison: its settings, and what its file itself writes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from components.settings.environment import NAMESPACE
from components.settings.markers import Promoted
from components.settings.promotion import Leaf, NamedThing, leaves, named_thing, named_things
from ops.promotion.row import Cell, Standing

if TYPE_CHECKING:
    from components.settings.document import Document
    from components.settings.stack import StackSettings

    Key = tuple[str, ...]

#: A key that its file does not write, while null may well be written.
_NOTHING = object()


@dataclass(frozen=True)
class EnvironmentView:
    """One environment.

    Attributes:
        environment: Which.
        stack: Its settings, valid.
        document: Its file, from which the settings were read.
    """

    environment: str
    stack: StackSettings
    document: Document

    @cached_property
    def leaves(self) -> dict[Key, Leaf]:
        """Every value in effect by its key."""
        return leaves(self.stack)

    @cached_property
    def resources(self) -> dict[NamedThing, Key]:
        """Key of each value that names one thing in the world, by that thing."""
        return named_things(self.stack)

    def place_of(self, key: Key, other: EnvironmentView) -> Key | None:
        """Where this environment names the one thing in the world that another one names; None where it doesn't."""
        thing = named_thing(other.leaves, key)
        return self.resources.get(thing) if thing else None

    def cell(self, key: Key) -> Cell:
        """What this environment has of a key."""
        if key not in self.leaves:
            return Cell(Standing.ABSENT)
        standing = Standing.DEFAULT if self._written(key) is _NOTHING else Standing.WRITTEN
        return Cell(standing, self.leaves[key].value)

    def secret(self, name: str) -> Cell:
        """Whether the file holds a secret; what it holds is not looked at."""
        given = self._written((name,))
        present = isinstance(given, dict) and bool(given.get("secure"))
        return Cell(Standing.WRITTEN if present else Standing.ABSENT)

    def has(self, section: Key) -> bool:
        """Whether any value below a section is in effect."""
        return any(key[: len(section)] == section for key in self.leaves)

    def spelled(self, key: Key) -> object:
        """The plain value as the file spells it, which may be another spelling of the value in effect (24h for 1d)."""
        return self._written(key)

    def own_keys(self, section: Key) -> list[str]:
        """Names right below a section that hold values of its environment alone, none when everything is promoted."""
        own = [key for key in self._below(section) if not isinstance(self.leaves[key].marker, Promoted)]
        return list(dict.fromkeys(key[len(section)] for key in own))

    def _below(self, section: Key) -> list[Key]:
        return [key for key in self.leaves if key[: len(section)] == section]

    def _written(self, key: Key) -> Any:  # noqa: ANN401 - any piece of YAML
        first, *rest = key
        here = self.document.data["config"].get(f"{NAMESPACE}:{first}", _NOTHING)
        for name in rest:
            here = here.get(name, _NOTHING) if isinstance(here, dict) else _NOTHING
        return here
