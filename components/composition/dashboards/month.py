"""The page of the month: what was promised, what was kept, and who was woken; of the last whole month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.composition.rooms import offered
from components.settings.objectives import budget
from components.signals.dashboard import Dashboard
from components.signals.panels import BarsPanel, Query, Row, StatPanel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.settings.stack import StackSettings
    from components.signals.objectives import Slo

UID = "ballast-month"
LAST_MONTH = "now-1M/M"
"""Grafana's word for the whole of the month before this one; the time picker has the others."""


def month(stack: StackSettings) -> Iterator[Dashboard]:
    """Return the dashboard, where anything is promised."""
    slos = [(slo, one.runbook) for one in offered(stack) for slo in one.slos]
    if not slos:
        return
    prometheus = stack.prometheus
    woken = 'ALERTS{alertstate="firing", severity="critical"}'
    hours = f"sum by (alertname) (count_over_time({woken}[$__range])) * {int(prometheus.scrape_interval)} / 3600"
    yield Dashboard(
        uid=UID,
        title="Page of the month",
        description="What was promised to those who use the platform, what was kept, and who was woken, in the last "
        f"whole month. Prometheus keeps {prometheus.retention.text}: what it has forgotten is missing below Measured.",
        folder="Platform",
        span=(LAST_MONTH, LAST_MONTH),
        rows=[
            *(
                Row(f"{slo.promise} in {slo.objective}", _of(slo, runbook, int(prometheus.scrape_interval)))
                for slo, runbook in slos
            ),
            Row(
                "Critical alerts",
                [
                    BarsPanel(
                        title="Hours of each critical alert",
                        description="How long somebody was called for it in the month.",
                        unit="h",
                        queries=[Query(hours, "{{alertname}}")],
                        runbook="docs/runbooks/README.md",
                    )
                ],
            ),
        ],
    )


def _of(slo: Slo, runbook: str, interval: int) -> list[StatPanel]:
    bad, total = (f'sum(sum_over_time(slo:{what}:rate5m{{slo="{slo.name}"}}[$__range]))' for what in ("bad", "total"))
    share = round(1 - budget(slo.objective), 9)
    counted = f'max(count_over_time(slo:total:rate5m{{slo="{slo.name}"}}[$__range]))'
    return [
        StatPanel(
            title=f"{slo.name}: kept",
            description=f"Share of what was good in the month; {slo.objective} is promised.",
            unit="percentunit",
            query=f"1 - {bad} / {total}",
            base="red",
            levels=((share, "green"),),
            runbook=runbook,
        ),
        StatPanel(
            title=f"{slo.name}: budget spent",
            description="Share of what may fail that has; above 100 % the promise was not kept.",
            unit="percentunit",
            query=f"{bad} / {total} / {budget(slo.objective):.10g}",
            levels=((1, "red"),),
            runbook=runbook,
        ),
        StatPanel(
            title=f"{slo.name}: measured",
            description="Share of the month of which anything is known. What is missing was forgotten, or nobody "
            "measured: nothing is said of it.",
            unit="percentunit",
            query=f"{counted} * {interval} / $__range_s",
            base="orange",
            levels=((0.99, "green"),),
            runbook=runbook,
        ),
    ]
