"""The word for a recording: a figure that Prometheus computes once for all who ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A series that is made of others.

    Attributes:
        name: what is recorded.
        expression: PromQL.
        labels: of the series beside those that the expression leaves.
    """

    name: str
    expression: str
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def series(self) -> str:
        """Selects what is recorded, and nothing else of the same name."""
        matchers = [f'{label}="{value}"' for label, value in self.labels.items()]
        return f"{self.name}{{{', '.join(matchers)}}}"

    def rule(self) -> dict[str, Any]:
        """Return it in Prometheus' own words."""
        return {
            "record": self.name,
            "expr": self.expression,
            **({"labels": dict(self.labels)} if self.labels else {}),
        }
