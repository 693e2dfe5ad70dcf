"""What dashboards know of the stack: promises to measure against, and which parts there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.settings.stack import StackSettings


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What dashboards know of a stack.

    Attributes:
        recovery_points: by the label `store` of its snapshots, how old the newest may be, in seconds.
        series: how many series Prometheus is sized for.
        qdrant: whether there is a vector store.
        loki: whether logs are in Loki.
    """

    recovery_points: Mapping[str, int]
    series: int
    qdrant: bool
    loki: bool

    @classmethod
    def of(cls, stack: StackSettings) -> Facts:
        """Return the facts of a stack; the names of stores are those that snapshot jobs write down."""
        found = {"opensearch": stack.opensearch, "qdrant": stack.qdrant, "chroma": stack.chroma, **stack.volumes}
        return cls(
            recovery_points={
                name: int(store.promise.recovery_point) for name, store in found.items() if store is not None
            },
            series=stack.prometheus.series,
            qdrant=stack.qdrant is not None,
            loki=stack.loki is not None,
        )
