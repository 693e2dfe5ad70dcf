"""What Prometheus holds, and what it could not take or compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.signals.offer import Board, Signals
from components.signals.panels import RATE, Query, Row, StatPanel, TimeSeriesPanel

if TYPE_CHECKING:
    from components.settings.stack import StackSettings


def signals(stack: StackSettings) -> Signals:
    """Return the signals of Prometheus itself."""
    series = stack.prometheus.series
    return Signals(
        name="prometheus",
        board=Board.STACK_HEALTH,
        place=1,
        stats=[
            StatPanel(
                title="Targets that don't answer",
                description="Pods and nodes that Prometheus asks in vain; what they do, nobody knows.",
                unit="short",
                query="sum(up == bool 0)",
                levels=((1, "orange"), (5, "red")),
            ),
            StatPanel(
                title="Series against the plan",
                description="Series in memory as a share of what memory and disk were sized for (prometheus.series).",
                unit="percentunit",
                query=f"max(prometheus_tsdb_head_series) / {series}",
                levels=((0.8, "orange"), (1, "red")),
            ),
        ],
        rows=[_metrics(series)],
    )


def _metrics(series: int) -> Row:
    return Row(
        "Metrics: Prometheus",
        [
            TimeSeriesPanel(
                title="Series in memory",
                description="Series of each replica, and how many it is sized for. A jump is a label with too many "
                "values.",
                unit="short",
                queries=[
                    Query("max by (pod) (prometheus_tsdb_head_series)", "{{pod}}"),
                    Query(f"vector({series})", "sized for"),
                ],
            ),
            TimeSeriesPanel(
                title="Scrapes refused",
                description="Scrapes given up because a target gave more than a limit allows, and targets that don't "
                "answer, by job.",
                unit="short",
                queries=[
                    Query("count by (job) (up == 0)", "no answer: {{job}}"),
                    Query(
                        f"sum(increase(prometheus_target_scrapes_exceeded_sample_limit_total{RATE}))",
                        "too many samples",
                    ),
                    Query(
                        f"sum(increase(prometheus_target_scrape_pool_exceeded_label_limits_total{RATE}))",
                        "too many labels",
                    ),
                    Query(
                        f"sum(increase(prometheus_target_scrape_pool_exceeded_target_limit_total{RATE}))",
                        "too many targets",
                    ),
                ],
            ),
            TimeSeriesPanel(
                title="Rules that failed",
                description="Evaluations of rules that ended in an error, or came too late to be made at all. Such an "
                "alert can't fire.",
                unit="short",
                queries=[
                    Query(
                        f"sum by (pod) (increase(prometheus_rule_evaluation_failures_total{RATE}))",
                        "failed: {{pod}}",
                    ),
                    Query(
                        f"sum by (pod) (increase(prometheus_rule_group_iterations_missed_total{RATE}))",
                        "missed: {{pod}}",
                    ),
                ],
                levels=((1, "red"),),
            ),
        ],
    )
