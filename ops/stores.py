"""What each store is called in the cluster, and how its jobs are asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.foundation.labels import selector
from components.settings.store import DATABASES
from components.stores.opensearch import workloads as opensearch
from components.stores.opensearch.topology import zonal_pools
from components.stores.qdrant import workloads as qdrant
from ops.errors import RefusedError
from ops.kinds import LATEST, StoreName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.settings.stack import StackSettings


@dataclass(frozen=True, kw_only=True)
class Store:
    """A store that the stack file declares.

    Attributes:
        kind: which one.
        namespace: where its jobs run.
        prefix: what the names of its jobs begin with.
    """

    kind: StoreName
    namespace: str
    prefix: str

    @classmethod
    def declared(cls, kind: StoreName, volume: str | None, stack: StackSettings, stack_file: str) -> Store:
        """Return a store of the stack file.

        Args:
            kind: which one.
            volume: name of a volume; only for volumes.
            stack: the settings.
            stack_file: its name, for messages.

        Raises:
            RefusedError: the stack file leaves it out.
        """
        match kind:
            case StoreName.OPENSEARCH:
                return cls(kind=kind, namespace=opensearch.NAMESPACE, prefix="search")
            case StoreName.QDRANT if stack.qdrant is not None:
                return cls(kind=kind, namespace=qdrant.NAMESPACE, prefix="vectors")
            case StoreName.CHROMA if stack.chroma is not None:
                return cls(kind=kind, namespace=DATABASES, prefix="chroma")
            case StoreName.VOLUME if volume in stack.volumes:
                return cls(kind=kind, namespace=DATABASES, prefix=f"volume-{volume}")
            case StoreName.VOLUME:
                known = ", ".join(stack.volumes) or "none"
                raise RefusedError(f"{stack_file}: ballast:volumes declares no {volume}. Name one of these: {known}.")
            case _:
                raise RefusedError(
                    f"{stack_file}: there is no section ballast:{kind.value}, so this stack has no such store. "
                    "Name another stack or store, or add the section."
                )

    @property
    def spoken(self) -> str:
        """The words that name it on the command line."""
        return self.kind.value if self.kind is not StoreName.VOLUME else self.prefix.replace("-", " ", 1)

    @property
    def node_labels(self) -> dict[str, str]:
        """Labels of the StatefulSets of its nodes."""
        return selector(opensearch.NODE if self.kind is StoreName.OPENSEARCH else qdrant.NODE)

    def nodes(self, stack: StackSettings) -> dict[str, int]:
        """Return how many nodes the stack file gives to each StatefulSet."""
        if self.kind is StoreName.OPENSEARCH:
            pools = zonal_pools(self.prefix, stack.opensearch, stack.cluster.zones)
            return {pool.name: pool.replicas for pool in pools}
        return {self.prefix: stack.qdrant.nodes} if stack.qdrant is not None else {}

    def restore_request(self, snapshot: str, only: Sequence[str], prefix: str) -> dict[str, Any]:
        """Return what the restore job is asked for.

        Args:
            snapshot: its id, or `latest`.
            only: names or patterns; none stands for everything.
            prefix: put before each restored index.
        """
        match self.kind:
            case StoreName.OPENSEARCH:
                wish = {"snapshot": snapshot, "indexes": list(only), "rename": prefix}
            case StoreName.QDRANT:
                wish = {"snapshot": snapshot, "collections": list(only)}
            case _:
                # Without an id these take the newest complete one.
                wish = {"snapshot": "" if snapshot == LATEST else snapshot, "collection": "".join(only)}
        return {key: value for key, value in wish.items() if value}

    @property
    def snapshot_request(self) -> dict[str, Any]:
        """What the snapshot job is asked for: OpenSearch's own only looks after those of its policy."""
        return {"take": True} if self.kind is StoreName.OPENSEARCH else {}
