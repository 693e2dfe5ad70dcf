"""What the command `./ballast` has to know of a kind of store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LATEST = "latest"
"""Stands for the newest complete snapshot."""


@dataclass(frozen=True, kw_only=True)
class Restore:
    """How its restore job is asked.

    Attributes:
        part: Key of the request under which parts are named that come back alone; none where it comes back whole.
        many: Whether several of them may be named.
        rename: Key of the request for what is put before each name; none where names stay.
        newest: What stands for the newest complete snapshot.
    """

    part: str = ""
    many: bool = True
    rename: str = ""
    newest: str = LATEST

    def request(self, snapshot: str, only: Sequence[str], prefix: str) -> dict[str, Any]:
        """Return what the job is asked for.

        Args:
            snapshot: Its id, or `latest`.
            only: Names or patterns of parts; none stands for everything.
            prefix: Put before each restored name.
        """
        wish = {
            "snapshot": self.newest if snapshot == LATEST else snapshot,
            self.part: list(only) if self.many else "".join(only),
            self.rename: prefix,
        }
        return {key: value for key, value in wish.items() if value}


@dataclass(frozen=True, kw_only=True)
class Nodes:
    """The nodes of a store of several, from which some can be drained.

    Attributes:
        workload: Name of the workload that they are.
        sets: How many the settings give to each StatefulSet, out of its section and the zones.
        request: What the drain job is asked for, out of the nodes that are to stay in each StatefulSet.
        self_healing: Whether a node without its volume joins anew, and a new node gets its share, without a command.
    """

    workload: str
    sets: Callable[[Any, Sequence[str]], Mapping[str, int]]
    request: Callable[[Mapping[str, int]], object] = dict
    self_healing: bool = True
