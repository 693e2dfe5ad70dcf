"""What a comparison is looked at with: which two environments, and how long their values have stood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ops.promotion.ages import Age

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ops.promotion.ages import Ages
    from ops.promotion.row import Row


@dataclass(frozen=True)
class View:
    """How a comparison is shown.

    Attributes:
        source: Where promoted values come from.
        target: Where they go to.
        now: The present in UTC.
        environments: Those that are shown: the target, those on its way, and those on whose way it is.
        ages: Of each environment's file, as far as they were asked for.
    """

    source: str
    target: str
    now: datetime
    environments: tuple[str, ...]
    ages: Mapping[str, Ages] = field(default_factory=dict)

    def age(self, row: Row, environment: str) -> Age:
        """How long an environment's value has stood; nothing is known of one that its file does not write."""
        ages, cell = self.ages.get(environment), row.cells.get(environment)
        if ages is None or cell is None or not cell.is_written:
            return Age(None, "")
        return ages.of(row.key)

    def both_ages(self, row: Row) -> str:
        """How long the source's and the target's value have stood, such as `3 d / 40 d`."""
        ages = [self.age(row, environment).spoken(self.now) for environment in (self.source, self.target)]
        return " / ".join(ages)

    def unknown_ages(self) -> list[str]:
        """A sentence for each reason why ages of files are not known."""
        reasons: dict[str, list[str]] = {}
        for environment, ages in self.ages.items():
            if ages.reason:
                reasons.setdefault(ages.reason, []).append(environment)
        return [f"ages in {', '.join(names)} are not known: {reason}" for reason, names in reasons.items()]
