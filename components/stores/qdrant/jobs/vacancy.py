"""Whether a restore finds the places of its collections free: nothing that holds a point is ever in its way for long.

Free is what isn't there, what the stack file declares and nobody has written to, and what an interrupted restore of the
same set has begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.foundation.jobkit.errors import JobError

if TYPE_CHECKING:
    from collections.abc import Collection

    from components.stores.qdrant.jobs.cluster import Cluster
    from components.stores.qdrant.jobs.contents import Contents
    from components.stores.qdrant.jobs.unfinished import UnfinishedRestore


@dataclass(frozen=True)
class Vacancy:
    """The places of one restore.

    Attributes:
        cluster: all nodes.
        declared: the collections of the stack file, which `up` makes empty.
        note: what an earlier restore of the same set has begun and done.
        contents: what is to come back.
    """

    cluster: Cluster
    declared: Collection[str]
    note: UnfinishedRestore
    contents: Contents

    def require(self) -> None:
        """Raise JobError where anything would be overwritten."""
        service, wished = self.cluster.service, self.contents
        there, aliases = set(service.collections()), service.aliases()
        taken = {name for name in wished.collections if name in aliases}
        taken |= {name for name in there & set(wished.collections) if not self._is_back(name) and self.why(name) == ""}
        freed = {name for name in there & set(wished.collections) if name not in taken and not self._is_back(name)}
        for alias, target in wished.aliases.items():
            if alias in there or (aliases.get(alias, target) not in {target, *freed}):
                taken.add(alias)
        # A collection takes all of its aliases along.
        taken |= {alias for alias, target in aliases.items() if target in freed and alias not in wished.aliases}
        # One that points where it should is only in the way where its collection is.
        taken |= {alias for alias, target in wished.aliases.items() if aliases.get(alias) == target and target in taken}
        if taken:
            raise JobError(
                f"exists already: {', '.join(sorted(taken))}. Nothing was changed: a restore replaces only collections "
                "that the stack file declares and nobody has written to. Restore into a fresh cluster, name others "
                "with --only, or delete by hand what is to be replaced (DELETE /collections/NAME)."
            )

    def missing(self) -> list[str]:
        """Return the collections that are still to come back."""
        return [name for name in self.contents.collections if not self._is_back(name)]

    def why(self, name: str) -> str:
        """Return why a collection that exists may be replaced, or nothing where it may not."""
        points = self._points(name)
        if name in self.declared and points == 0:
            return "it was empty"
        # More than the set holds: somebody has written to it since.
        if name in self.note.begun and points <= max(self.contents.collections[name].points):
            return "an interrupted restore of the same snapshot had begun it"
        return ""

    def _is_back(self, name: str) -> bool:
        return name in self.note.done and name in self.cluster.service.collections()

    def _points(self, name: str) -> int:
        """Return the points of a collection; a copy that others know nothing of counts too."""
        local = [sum(node.placement(name).points.values()) for node in self.cluster.nodes]
        counted = self.cluster.service.count(name)
        return counted or max(local)
