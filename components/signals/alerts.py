"""The word for an alert, and how it becomes a rule of Prometheus."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.observability.alertmanager.settings import Severity
    from components.settings.quantities import Duration

NO_SEVERITY = "none"
"""Severity of alerts that are not meant for people."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """What somebody is told when something is wrong.

    Attributes:
        name: as people and routes know it.
        expression: PromQL; each series that it gives is an alert.
        severity: how urgent it is; None for what is not meant for people.
        summary: read on a telephone.
        description: what it means.
        after: how long it has to be so; at once when left out.
        labels: what tells it from others of its name; `team` is in place of its room's.
    """

    name: str
    expression: str
    severity: Severity | None
    summary: str
    description: str
    after: Duration | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def rule(self, labels: dict[str, str], links: dict[str, str]) -> dict[str, Any]:
        """Return it in Prometheus' own words, with labels and annotations of its room if people are told."""
        if self.severity is None:
            labels, links = {"severity": NO_SEVERITY}, {}
        else:
            labels = {"severity": self.severity.value, **labels, **self.labels}
        return {
            "alert": self.name,
            "expr": self.expression,
            **({} if self.after is None else {"for": self.after.text}),
            "labels": labels,
            "annotations": {"summary": self.summary, "description": self.description, **links},
        }
