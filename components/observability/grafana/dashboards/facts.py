"""What dashboards know of the stack: promises to measure against, and which parts there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.settings.stores import stores

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
        """Return the facts of a stack."""
        return cls(
            recovery_points={store.label: int(store.settings.recovery.recovery_point) for store in stores(stack)},
            series=stack.prometheus.series,
            qdrant=stack.qdrant is not None,
            loki=stack.loki is not None,
        )
