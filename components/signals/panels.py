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
    """

    title: str
    description: str
    unit: str
    levels: Sequence[Level] = ()


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
class TimeSeriesPanel(Panel):
    """Series over time, each given by one of the queries."""

    queries: Sequence[Query]


@dataclass(frozen=True)
class Row:
    """A heading with panels of one kind, which share its width."""

    title: str
    panels: Sequence[StatPanel] | Sequence[TimeSeriesPanel]
