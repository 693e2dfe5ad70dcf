"""How many nodes are to leave a store: the stack file compared with what runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from components.foundation.labels import Workload, selector
from ops.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.settings.commands import Nodes
    from components.settings.stack import StackSettings
    from components.settings.store import StoreDescription
    from ops.runs import Template


@dataclass(frozen=True, kw_only=True)
class Drain:
    """Nodes by StatefulSet.

    Attributes:
        nodes: what is known of all nodes of its kind.
        live: as they are.
        wished: as the stack file has them.
        noted: how many are noted on the namespace; a stack file with fewer is refused.
    """

    nodes: Nodes
    live: Mapping[str, int]
    wished: Mapping[str, int]
    noted: Mapping[str, int]

    @classmethod
    def read(cls, template: Template, store: StoreDescription, stack: StackSettings, stack_file: str) -> Drain:
        """Compare a stack file with the cluster.

        Raises:
            RefusedError: a set of the cluster is not in the stack file, or the cluster doesn't answer.
        """
        cluster, namespace, nodes = template.cluster, template.namespace, store.kind.nodes
        if nodes is None:
            raise RefusedError(f"{store.spoken} is one process, which has no nodes to drain. Nothing was changed.")
        found = cluster.listing(
            "statefulsets", namespace, labels=selector(Workload(nodes.workload, store.kind.namespace))
        )
        live = {one["metadata"]["name"]: int(one["spec"].get("replicas", 1)) for one in found}
        wished = nodes.sets(store.settings, stack.cluster.zones)
        strangers = sorted(live.keys() - wished.keys())
        if strangers:
            raise RefusedError(
                f"{stack_file}: nothing in it stands for StatefulSet {namespace}/{strangers[0]}, which runs "
                f"{live[strangers[0]]} nodes. Nothing was changed. Put its pool or zone back; to give up a pool, write "
                "nodes: 0, drain, and leave it out then."
            )
        recorded = template.config()["recordedNodes"]
        told = cluster.get("namespace", namespace, namespace) or {"metadata": {}}
        annotations = told["metadata"].get("annotations", {})
        noted = {name: int(annotations.get(key, "0")) for name, key in recorded.items()}
        return cls(nodes=nodes, live=live, wished=wished, noted=noted)

    def replicas(self) -> dict[str, int]:
        """Return how many nodes are to stay, of each set that loses some or has lost some that still are noted.

        A drain that ended before it had noted that has left something behind, which the job takes back only for sets
        that it is asked for.
        """
        return {
            name: min(live, self.wished[name])
            for name, live in sorted(self.live.items())
            if self.wished[name] < max(live, self.noted.get(name, 0))
        }

    def request(self) -> dict[str, Any]:
        """Return what the drain job is asked for.

        Raises:
            RefusedError: no node has to leave.
        """
        replicas = self.replicas()
        if not replicas:
            raise RefusedError(
                "nothing to drain: the stack file has no fewer nodes than run. Nothing was changed. "
                "Lower `nodes` in the stack file first; more nodes need no drain but pulumi up."
            )
        return {"replicas": self.nodes.request(replicas)}

    def rows(self) -> list[tuple[str, ...]]:
        """Return set, nodes now and nodes then for every set that exists."""
        replicas = self.replicas()
        return [(name, str(live), str(replicas.get(name, live))) for name, live in sorted(self.live.items())]
