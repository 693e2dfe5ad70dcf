"""Pieces of PromQL that alerts are made of."""

from __future__ import annotations

from components.settings.quantities import Duration

GAP = "[5m]"
"""Longest silence that an alert bridges: a scrape or two that failed say nothing about what is asked."""

WINDOW = "[10m]"
"""How long something that happened once is told of."""


def recent(selector: str) -> str:
    """Return the last value of each series, also when the newest scrape failed."""
    return f"last_over_time({selector}{GAP})"


def grew(counter: str, by: str) -> str:
    """Return a condition: the counter grew lately, summed by labels."""
    return f"sum by ({by}) (increase({counter}{WINDOW})) > 0"


def minutes(count: int) -> Duration:
    """Return a span of time."""
    return Duration(60 * count)
