"""Pieces of PromQL that alerts and panels are made of."""

from __future__ import annotations

from components.settings.platform_name import PlatformName
from components.settings.quantities import Duration

GAP = "[5m]"
"""Longest silence that an alert bridges: a scrape or two that failed say nothing about what is asked."""

WINDOW = "[10m]"
"""How long something that happened once is told of."""


def in_platform(metric: str, *matchers: str) -> str:
    """Return the series of a metric that tells of every namespace of the cluster: one with a prefix has its own alone.

    A platform without a prefix has all of them, because what applications do beside it is of interest too.
    """
    prefix = str(PlatformName(""))
    found = [*matchers, *([f'namespace=~"{prefix}.+"'] if prefix else [])]
    return f"{metric}{{{', '.join(found)}}}" if found else metric


def recent(selector: str) -> str:
    """Return the last value of each series, also when the newest scrape failed."""
    return f"last_over_time({selector}{GAP})"


def grew(counter: str, by: str) -> str:
    """Return a condition: the counter grew lately, summed by labels."""
    return f"sum by ({by}) (increase({counter}{WINDOW})) > 0"


def minutes(count: int) -> Duration:
    """Return a span of time."""
    return Duration(60 * count)
