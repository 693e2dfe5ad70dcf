"""The kinds of panel that dashboards are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

RATE = "[$__rate_interval]"
"""Grafana's word for a range that holds at least four scrapes, whatever the zoom."""

Level = tuple[float, str]
"""From which value on a figure has which colour."""

ANY: tuple[Level, ...] = ((0.001, "red"),)
"""Where any at all is too many."""


@dataclass(frozen=True)
class Query:
    """A PromQL query and what its series are called."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """What every panel has.

    Attributes:
        title: what it shows.
        description: how to read it, and what a bad value means.
        unit: Grafana's id of the unit.
        levels: colours above the base, ascending; green below.
        base: the colour below all levels, where that is not the good side.
        runbook: the page that says what to do, from the top of the repository; its room's.
    """

    title: str
    description: str
    unit: str
    levels: Sequence[Level] = ()
    base: str = "green"
    runbook: str = ""


@dataclass(frozen=True, kw_only=True)
class StatPanel(Panel):
    """One number, as it is now.

    Attributes:
        query: gives one series.
        words: texts in place of values.
    """

    query: str
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class GaugePanel(Panel):
    """One number, as it is now, between nothing and the most that it can be.

    Attributes:
        query: gives one series.
        most: the end of the scale; the highest value seen when left out.
    """

    query: str
    most: float | None = 1


@dataclass(frozen=True, kw_only=True)
class TimeSeriesPanel(Panel):
    """Series over time, each given by one of the queries."""

    queries: Sequence[Query]


@dataclass(frozen=True, kw_only=True)
class BarsPanel(Panel):
    """A bar for each series, as long as its value is now."""

    queries: Sequence[Query]


@dataclass(frozen=True, kw_only=True)
class PiePanel(Panel):
    """Shares of a whole, as they are now; a slice for each series."""

    queries: Sequence[Query]


@dataclass(frozen=True, kw_only=True)
class HeatMapPanel(Panel):
    """How a histogram is spread over its buckets, at each moment.

    Attributes:
        query: gives a series for each bucket, told apart by `le`.
    """

    query: str


NOW = StatPanel | GaugePanel
"""Small panels of one number."""

AnyPanel = StatPanel | GaugePanel | TimeSeriesPanel | BarsPanel | PiePanel | HeatMapPanel


@dataclass(frozen=True)
class Row:
    """A heading with panels that share its width: small ones of one number each, or larger ones."""

    title: str
    panels: Sequence[AnyPanel]
