"""What language models cost, and who is told when it is too much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.applications.convention_settings import TOKENS
from components.applications.limits import given, levels
from components.applications.measured import Source, all_calls
from components.applications.models.prices import BY, GOOD_FOR, PRICE, prices, tokens
from components.observability.alertmanager.settings import Severity
from components.settings.quantities import Duration
from components.settings.thresholds import Threshold
from components.signals.alerts import Alert
from components.signals.objectives import RATE
from components.signals.offer import Signals
from components.signals.panels import BarsPanel, GaugePanel, Query, Row, StatPanel, TimeSeriesPanel
from components.signals.promql import minutes, recent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.applications.limit_settings import DollarLimits, FactorLimits
    from components.applications.models.prices import Prices
    from components.applications.signals_settings import SpendSettings
    from components.settings.stack import StackSettings
    from components.signals.panels import NOW, AnyPanel
    from components.signals.recordings import Recording

HOUR, DAY, WEEK, MONTH = "1h", "1d", "7d", "30d"
STEP = Duration.parse("1m")
"""Of the rates that are recorded: taken once in each, they add up to what was spent, and a gap costs nothing."""

BEFORE = "[7d:1h] offset 1d"
UNPRICED = "[1h]"


def signals(stack: StackSettings) -> Signals | None:
    """Return the signals of language models, where an application says what they may cost."""
    users = [
        _User(Source(name, one), one.signals.spend)
        for name, one in stack.applications.items()
        if one.signals.spend is not None
    ]
    if not users:
        return None
    return Signals(
        name="models",
        stats=[panel for user in users for panel in user.stats()],
        rows=[Row(user.source.name, user.panels()) for user in users],
        recordings=[*prices().recordings(), *(recording for user in users for recording in user.recordings())],
        alerts=[stale(prices()), *(alert for user in users for alert in user.alerts())],
    )


def stale(table: Prices) -> Alert:
    """Return the alert that asks for a look at the prices."""
    return Alert(
        name="ModelPricesStale",
        expression=f"vector(time() - {table.looked_at}) > {int(GOOD_FOR)}",
        severity=Severity.INFO,
        summary="Nobody has looked at the prices of language models for 90 days",
        description=f"The table is of {table.as_of}. What is spent may be more or less than what is shown.",
    )


@dataclass(frozen=True)
class _User:
    """An application that uses models.

    Attributes:
        source: the application.
        limits: what it may spend.
    """

    source: Source
    limits: SpendSettings

    def _recorded(self, window: str, expression: str) -> Recording:
        return self.source.recorded(f"spend_dollars:{window}", "models", expression)

    @property
    def rate(self) -> Recording:
        """Dollars in a second, by model."""
        spent = f"{tokens(self.source.service, RATE)} * on ({BY}) {PRICE}"
        return self._recorded("rate5m", f"sum by (gen_ai_request_model) ({spent})")

    def spent(self, window: str) -> Recording:
        """Dollars in a window; weeks and months are added up from hours: they are asked for at every evaluation."""
        if window in (WEEK, MONTH):
            return self._recorded(window, f"sum_over_time({self.spent(HOUR).series}[{window}:{HOUR}])")
        total = f"sum(sum_over_time({self.rate.series}[{window}:{STEP.text}])) * {int(STEP)}"
        return self._recorded(window, total)

    @property
    def against_average(self) -> Recording:
        """The last day against the mean day of the week before it."""
        mean = f"24 * avg_over_time({self.spent(HOUR).series}{BEFORE})"
        return self._recorded("against_average", f"{self.spent(DAY).series} / ({mean} > 0)")

    @property
    def tokens(self) -> Recording:
        """Tokens in an hour, by kind, from which days and months are added up."""
        used = f"sum by (gen_ai_token_type) (increase({TOKENS}{{{self.source.service}}}[{HOUR}]))"
        return self.source.recorded("tokens:1h", "models", used)

    @property
    def unpriced(self) -> Recording:
        """Tokens in a second of models that are not in the table."""
        unknown = f"{tokens(self.source.service, UNPRICED)} unless on ({BY}) {PRICE}"
        return self.source.recorded("tokens_unpriced:rate1h", "models", f"sum by (gen_ai_request_model) ({unknown})")

    def recordings(self) -> list[Recording]:
        windows = [self.spent(window) for window in (HOUR, DAY, WEEK, MONTH)]
        return [self.rate, *windows, self.against_average, self.tokens, self.unpriced]

    def alerts(self) -> Iterator[Alert]:
        name, spend = self.source.name, self.limits
        yield from self._limits("ModelSpendDay", self.spent(DAY), spend.day, f"{name} spent much today")
        yield from self._limits("ModelSpendMonth", self.spent(MONTH), spend.month, f"{name} spent much this month")
        yield from self._limits(
            "ModelSpendJump", self.against_average, spend.against_average, f"{name} spends more than it did last week"
        )
        yield Alert(
            name="ModelPriceUnknown",
            expression=f"{recent(self.unpriced.series)} > 0",
            severity=Severity.WARNING,
            after=minutes(15),
            summary=f"{name} uses a model whose price nobody has written down: {{{{ $labels.gen_ai_request_model }}}}",
            description="What it costs is missing in everything that is shown and judged here.",
            labels=self.source.told(self.unpriced.labels),
        )

    def _limits(
        self, name: str, recording: Recording, limits: DollarLimits | FactorLimits | None, summary: str
    ) -> Iterator[Alert]:
        for severity, text in given(limits):
            yield Alert(
                name=name,
                expression=f"{recent(recording.series)} > {Threshold.parse(text).value:.10g}",
                severity=severity,
                after=minutes(5),
                summary=f"{summary}: more than {text}",
                description="By the tokens that it used and the list prices of their models.",
                labels=self.source.told(recording.labels),
            )

    def stats(self) -> Iterator[NOW]:
        for title, recording, limits, unit in (
            ("spent in a day", self.spent(DAY), self.limits.day, "currencyUSD"),
            ("spent in 7 days", self.spent(WEEK), None, "currencyUSD"),
            ("spent in 30 days", self.spent(MONTH), self.limits.month, "currencyUSD"),
            ("today against the mean day", self.against_average, self.limits.against_average, "short"),
        ):
            yield StatPanel(
                title=f"{self.source.name}, {title}",
                description="By tokens and list prices. Colours begin where the stack file's limits do.",
                unit=unit,
                query=f"max({recording.series})",
                levels=list(levels(limits)),
            )
        if budgets := [Threshold.parse(text).value for _, text in given(self.limits.month)]:
            yield GaugePanel(
                title=f"{self.source.name}, share of the month's budget",
                description="What was spent in 30 days, of the highest limit in the stack file.",
                unit="percentunit",
                query=f"max({self.spent(MONTH).series}) / {max(budgets):.10g}",
                levels=[(budget / max(budgets), color) for budget, color in levels(self.limits.month)],
            )

    def panels(self) -> list[AnyPanel]:
        service, name = self.source.service, self.source.name
        calls = f"gen_ai_client_operation_duration_seconds_count{{{service}}}"
        by_model = "sum by (gen_ai_request_model)"
        windows = [
            Query(f"sum(sum_over_time({self.tokens.series}[{window}:{HOUR}]))", window) for window in (DAY, WEEK, MONTH)
        ]
        hour = f"{by_model} (avg_over_time({self.rate.series}[1h])) * 3600"
        return [
            TimeSeriesPanel(
                title=f"{name}, dollars in an hour",
                description="What each model costs, at the pace of the last hour.",
                unit="currencyUSD",
                queries=[Query(hour, "{{gen_ai_request_model}}")],
            ),
            TimeSeriesPanel(
                title=f"{name}, tokens",
                description="Tokens in a second, by model and kind. What comes out costs several times as much.",
                unit="short",
                queries=[Query(tokens(service, RATE), "{{gen_ai_request_model}} {{gen_ai_token_type}}")],
            ),
            TimeSeriesPanel(
                title=f"{name}, dollars for a call",
                description="What one call of a model costs; it grows with the length of what is asked and said.",
                unit="currencyUSD",
                queries=[
                    Query(
                        f"{by_model} ({self.rate.series}) / ({by_model} (rate({calls}{RATE})) > 0)",
                        "{{gen_ai_request_model}}",
                    )
                ],
            ),
            BarsPanel(
                title=f"{name}, tokens in a day, a week and 30 days",
                description="All tokens, in and out, of all models.",
                unit="short",
                queries=windows,
            ),
            *self._of_one_task(),
        ]

    def _of_one_task(self) -> Iterator[AnyPanel]:
        shared_by, told = self.limits.shared_by, self.source.settings.signals
        if shared_by is not None:
            total = all_calls(self.source, told.calls[shared_by])
            yield TimeSeriesPanel(
                title=f"{self.source.name}, dollars for one of the {shared_by}",
                description=f"What models cost, shared out among all {shared_by} of the same minutes.",
                unit="currencyUSD",
                queries=[Query(f"sum({self.rate.series}) / ({total} > 0)", "dollars")],
            )
