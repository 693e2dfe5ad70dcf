"""What the platform promises to those who use it."""

from typing import Annotated

from components.settings.base import Settings
from components.settings.markers import Scaled, ScaleRule
from components.settings.matching import Matching
from components.settings.quantities import Duration

Share = Annotated[
    str,
    Matching(
        r"9[5-9](\.[0-9]{1,3})?%",
        "a share from 95% to 99.999% (100% leaves nothing to spend, and below 95% the alert of the hour never fires)",
        "99.9%",
    ),
]


class ObjectivesSettings(Settings):
    """Objectives; each has an error budget, and people are told when it burns too fast."""

    window: Annotated[Duration, Scaled(ScaleRule.FREE)]
    """Time over which a budget is spent, four weeks to a month; no longer than prometheus.retention."""
    search: Annotated[Share, Scaled(ScaleRule.FREE)]
    """Share of the time in which the search cluster answers for all of its data."""
    vectors: Annotated[Share, Scaled(ScaleRule.FREE)]
    """Share of the vector store's answers that are no errors of its own."""
    vectors_quick: Annotated[Share, Scaled(ScaleRule.FREE)]
    """Share of the vector store's answers that come within 100 milliseconds."""
    snapshots: Annotated[Share, Scaled(ScaleRule.FREE)]
    """Share of the time in which every store has a snapshot younger than its recovery point."""
    telemetry: Annotated[Share, Scaled(ScaleRule.FREE)]
    """Share of logs, spans and measurements that the collector hands over."""
    notifications: Annotated[Share, Scaled(ScaleRule.FREE)]
    """Share of messages about alerts that reach those who are told."""


def budget(objective: str) -> float:
    """Return the share that may fail."""
    return round(1 - float(objective.removesuffix("%")) / 100, 9)
