"""An objective: the rules that measure it, and the alerts that tell when its error budget burns too fast."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from components.observability.alertmanager.settings import Severity
from components.settings.objectives import budget
from components.signals.alerts import Alert
from components.signals.promql import recent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.settings.objectives import ObjectivesSettings
    from components.settings.quantities import Duration

RATE = "[5m]"
"""Range of the rates that `bad` and `total` are made of."""


@dataclass(frozen=True)
class Burn:
    """How fast a budget burns, in a long window and still in a short one (SRE workbook, chapter 5)."""

    factor: float
    long: str
    short: str


FAST = (Burn(14.4, "1h", "5m"), Burn(6, "6h", "30m"))
SLOW = (Burn(3, "1d", "2h"), Burn(1, "3d", "6h"))
WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")


@dataclass(frozen=True, kw_only=True)
class Slo:
    """What is promised of one thing.

    Attributes:
        name: the label `slo` of its series.
        promise: what is promised, as a sentence without its number.
        objective: the share that must be good.
        window: time over which the budget is spent.
        bad: PromQL, how much is bad now: 0 or 1, or a rate over RATE.
        total: PromQL, how much there is in all.
        family: begins the names of its alerts, where several objectives share a page of what to do; else its name does.
        labels: of its alerts, beside those of its room.
    """

    name: str
    promise: str
    objective: str
    window: Duration
    bad: str
    total: str
    family: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_time(cls, settings: ObjectivesSettings, name: str, promise: str, objective: str, good: str) -> Slo:
        """Return an objective over time; `good` is 1 or 0, and no answer is not good."""
        bad = f"1 - ({good} or vector(0))"
        return cls(name=name, promise=promise, objective=objective, window=settings.window, bad=bad, total="vector(1)")

    def series(self, window: str) -> str:
        """Return the share that was bad in a window."""
        return f'slo:sli_error:ratio_rate{window}{{slo="{self.name}"}}'

    def burning(self, window: str) -> str:
        """Return how many times as fast as it may the budget burns; in the whole window, the share that is spent."""
        return f"{self.series(window)} / {budget(self.objective):.10g}"

    def recordings(self) -> list[dict[str, Any]]:
        """Return its recording rules, in an order in which each finds what it is made of.

        Long windows are summed from what is recorded of short ones: a month of raw counters would be read at every
        evaluation otherwise, and each moment counts by how much there was.
        """
        labels = {"slo": self.name}
        bad, total = (f'slo:{what}:rate5m{{slo="{self.name}"}}' for what in ("bad", "total"))
        first = [
            {"record": "slo:bad:rate5m", "expr": self.bad, "labels": labels},
            {"record": "slo:total:rate5m", "expr": self.total, "labels": labels},
        ]
        ratios = [
            {
                "record": f"slo:sli_error:ratio_rate{window}",
                "expr": f"sum_over_time({bad}[{window}]) / (sum_over_time({total}[{window}]) > 0)",
                "labels": labels,
            }
            for window in (*WINDOWS, self.window.text)
        ]
        return [*first, *ratios]

    def alerts(self) -> list[Alert]:
        """Return one alert that wakes people, and one for the next working day."""
        return [
            Alert(
                name=f"{self.family or self.name}BurnsFast",
                labels=self.labels,
                expression=" or ".join(self._burns(burn) for burn in FAST),
                severity=Severity.CRITICAL,
                summary=f"{self.name}: the error budget is gone in days",
                description=f"{self.promise} in {self.objective} of {self.window.text}. What is bad now spends a "
                "fiftieth of that budget in an hour, or a twentieth in six.",
            ),
            Alert(
                name=f"{self.family or self.name}BurnsSlowly",
                labels=self.labels,
                expression=" or ".join(self._burns(burn) for burn in SLOW),
                severity=Severity.WARNING,
                summary=f"{self.name}: the error budget does not last",
                description=f"{self.promise} in {self.objective} of {self.window.text}. What is bad now spends a tenth "
                "of that budget in three days or sooner.",
            ),
        ]

    def _burns(self, burn: Burn) -> str:
        least = f"{burn.factor * budget(self.objective):.10g}"
        return " and ".join(f"{recent(self.series(window))} > {least}" for window in (burn.long, burn.short))
