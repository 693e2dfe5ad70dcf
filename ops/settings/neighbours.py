"""What stack files that lie side by side say of each other: where values come from, and what only one may name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from components.settings.judge import qualified
from components.settings.promotion import NamedThing, named_things
from components.settings.read import read_stack
from components.settings.report import Mistake, SettingsError
from components.settings.secrets import SECRETS
from ops.stack_files import environments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from components.settings.environments import Environments


@dataclass(frozen=True)
class Neighbours:
    """The stack files of one folder; one that lies there alone has no neighbour and is judged by itself."""

    folder: Path

    @cached_property
    def environments(self) -> Environments:
        """What each file says of its place, read once for all of them."""
        return environments(self.folder)

    @cached_property
    def _things(self) -> dict[str, dict[NamedThing, tuple[str, ...]]]:
        """What each file names that is one thing in the world; what is wrong in itself is told when it is judged."""
        found = {}
        for name in self.environments.names:
            try:
                found[name] = named_things(read_stack(self.folder / f"Pulumi.{name}.yaml", SECRETS))
            except SettingsError:
                continue
        return found

    def mistakes(self, name: str) -> Iterator[Mistake]:
        """What is wrong in an environment's file beside the others."""
        if len(self.environments.members) > 1:
            yield from map(qualified, self._found(name))

    def _found(self, name: str) -> Iterator[Mistake]:
        yield from self.environments.mistakes(name)
        yield from self.shared(name, self._things.get(name, {}))

    def shared(self, name: str, named: Mapping[NamedThing, tuple[str, ...]]) -> Iterator[Mistake]:
        """Which things another environment's file names too.

        Args:
            name: the environment whose file names them, or is to.
            named: the things, with their keys.
        """
        for thing, key in named.items():
            for other, things in self._things.items():
                if other != name and thing in things:
                    yield Mistake(
                        key,
                        f"names what Pulumi.{other}.yaml names at {'.'.join(things[thing])}: two environments would "
                        "share one thing, and one would change what the other has",
                        f"write the one that belongs to {name} alone"
                        + (f", or a {thing.shared_by[0]} of its own" if thing.shared_by else ""),
                    )
