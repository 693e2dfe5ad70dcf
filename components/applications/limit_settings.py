"""Limits of what an application measures: where a warning begins, and where somebody is woken."""

from typing import Annotated

from components.settings.base import Settings
from components.settings.markers import Scaled, ScaleRule
from components.settings.thresholds import (
    CountLimit,
    Dollars,
    Factor,
    RateLimit,
    ScoreLimit,
    ShareLimit,
    TimeLimit,
)


class ShareLimits(Settings):
    """Limits of a share."""

    warning: Annotated[ShareLimit | None, Scaled(ScaleRule.FREE)] = None
    """Where a warning begins, and how long it lasts first: 5% for 5m."""
    critical: Annotated[ShareLimit | None, Scaled(ScaleRule.FREE)] = None
    """Where somebody is woken."""


class TimeLimits(Settings):
    """Limits of a time."""

    warning: Annotated[TimeLimit | None, Scaled(ScaleRule.FREE)] = None
    """Where a warning begins, and how long it lasts first: 150ms for 5m."""
    critical: Annotated[TimeLimit | None, Scaled(ScaleRule.FREE)] = None
    """Where somebody is woken."""


class CountLimits(Settings):
    """Limits of a number."""

    warning: Annotated[CountLimit | None, Scaled(ScaleRule.FREE)] = None
    """Where a warning begins, and how long it lasts first: 1000 for 10m."""
    critical: Annotated[CountLimit | None, Scaled(ScaleRule.FREE)] = None
    """Where somebody is woken."""


class RateLimits(Settings):
    """Limits of how often something happens."""

    warning: Annotated[RateLimit | None, Scaled(ScaleRule.FREE)] = None
    """Where a warning begins, and how long it lasts first: 10/min for 5m."""
    critical: Annotated[RateLimit | None, Scaled(ScaleRule.FREE)] = None
    """Where somebody is woken."""


class ScoreLimits(Settings):
    """Limits of a measure of quality."""

    warning: Annotated[ScoreLimit | None, Scaled(ScaleRule.FREE)] = None
    """Where a warning begins, and how long it lasts first: 0.90 for 1h."""
    critical: Annotated[ScoreLimit | None, Scaled(ScaleRule.FREE)] = None
    """Where somebody is woken."""


class DollarLimits(Settings):
    """Limits of what is spent."""

    warning: Annotated[Dollars | None, Scaled(ScaleRule.FREE)] = None
    """Where a warning begins: $500."""
    critical: Annotated[Dollars | None, Scaled(ScaleRule.FREE)] = None
    """Where somebody is woken."""


class FactorLimits(Settings):
    """Limits of how many times as much it may be."""

    warning: Annotated[Factor | None, Scaled(ScaleRule.FREE)] = None
    """Where a warning begins: 2x."""
    critical: Annotated[Factor | None, Scaled(ScaleRule.FREE)] = None
    """Where somebody is woken."""


Limits = ShareLimits | TimeLimits | CountLimits | RateLimits | ScoreLimits | DollarLimits | FactorLimits
"""All of these have a warning and a critical one."""
