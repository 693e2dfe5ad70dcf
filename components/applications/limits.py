"""The limits that a stack file gives, by how bad it is to be beyond them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.alertmanager.settings import Severity
from components.settings.thresholds import Threshold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from components.applications.limit_settings import Limits
    from components.signals.panels import Level

_COLORS = {Severity.WARNING: "orange", Severity.CRITICAL: "red"}


def given(limits: Limits | None) -> Iterator[tuple[Severity, str]]:
    """Return the limits that are given, the milder one first, as they stand in the file."""
    if limits is not None:
        pairs = ((Severity.WARNING, limits.warning), (Severity.CRITICAL, limits.critical))
        yield from ((severity, text) for severity, text in pairs if text is not None)


def levels(limits: Limits | None) -> Iterator[Level]:
    """Return from which values on a panel has another colour."""
    for severity, text in given(limits):
        yield Threshold.parse(text).value, _COLORS[severity]


def good_above(limits: Limits | None, shown: Callable[[float], float] = lambda value: value) -> tuple[str, list[Level]]:
    """Return the colour at zero and those above, of a figure that is bad below its limits.

    Args:
        limits: Of the figure.
        shown: What is shown in place of a limit, where people are told of the opposite.
    """
    bounds = sorted((shown(Threshold.parse(text).value), _COLORS[severity]) for severity, text in given(limits))
    colors = [*(color for _, color in bounds), "green"]
    return colors[0], [(value, colors[place + 1]) for place, (value, _) in enumerate(bounds)]
