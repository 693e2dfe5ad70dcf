"""What the platform promises to those who use it."""

from collections.abc import Iterator
from typing import Annotated

from pydantic.alias_generators import to_camel

from components.settings.base import Settings
from components.settings.markers import Scaled, ScaleRule
from components.settings.matching import Matching
from components.settings.quantities import Duration
from components.settings.report import Mistake

Share = Annotated[
    str,
    Matching(
        r"9[5-9](\.[0-9]{1,3})?%",
        "a share from 95% to 99.999% (100% leaves nothing to spend, and below 95% the alert of the hour never fires)",
        "99.9%",
    ),
]


class ObjectivesSettings(Settings):
    """Objectives; each has an error budget, and people are told when it burns too fast.

    What one store promises besides stands in its own section.
    """

    window: Annotated[Duration, Scaled(ScaleRule.FREE)]
    """Time over which a budget is spent, four weeks to a month; no longer than prometheus.retention."""
    snapshots: Annotated[Share, Scaled(ScaleRule.FREE)]
    """Share of the time in which every store has a snapshot younger than its recovery point."""
    telemetry: Annotated[Share, Scaled(ScaleRule.FREE)]
    """Share of logs, spans and measurements that the collector hands over."""
    notifications: Annotated[Share, Scaled(ScaleRule.FREE)]
    """Share of messages about alerts that reach those who are told."""


def unmeasured(
    section: str, settings: Settings, objectives: ObjectivesSettings | None, *names: str
) -> Iterator[Mistake]:
    """A mistake for each objective of a store without a window over which it is measured.

    Args:
        section: Key of the store.
        settings: Of the store.
        objectives: The section with the window.
        names: Of the fields that are objectives.
    """
    for name in names if objectives is None else ():
        if getattr(settings, name) is not None:
            problem = "is an objective, but no section objectives says over which window it is measured"
            yield Mistake((section, to_camel(name)), problem, "add ballast:objectives, or leave it out")


def budget(objective: str) -> float:
    """Return the share that may fail."""
    return round(1 - float(objective.removesuffix("%")) / 100, 9)
