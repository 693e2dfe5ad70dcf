"""What Prometheus holds, and what it could not take or compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.alertmanager.settings import Severity
from components.signals.alerts import Alert
from components.signals.offer import Board, Signals
from components.signals.panels import RATE, Query, Row, StatPanel, TimeSeriesPanel
from components.signals.promql import grew, minutes, recent

if TYPE_CHECKING:
    from components.observability.prometheus.settings import PrometheusSettings
    from components.settings.stack import StackSettings


SERIES_SHARE = 0.9
DISK_SHARE = 0.9
RULES_SHARE = 0.7
"""Share of the time between two evaluations that one may take."""

_STORED = " + ".join(
    f"max by (pod) ({recent(f'prometheus_tsdb_{part}_bytes')})" for part in ("storage_blocks", "wal_storage_size")
)
_EVALUATED = " / ".join(recent(f"prometheus_rule_group_{what}_seconds") for what in ("last_duration", "interval"))
_REFUSED = (
    "target_scrapes_exceeded_sample_limit",
    "target_scrape_pool_exceeded_label_limits",
    "target_scrape_pool_exceeded_target_limit",
)


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
                levels=((1, "orange"),),
            ),
            StatPanel(
                title="Series against the plan",
                description="Series in memory as a share of what memory and disk were sized for (prometheus.series).",
                unit="percentunit",
                query=f"max(prometheus_tsdb_head_series) / {series}",
                levels=((SERIES_SHARE, "orange"), (1, "red")),
            ),
        ],
        rows=[_metrics(series)],
        alerts=_alerts(stack.prometheus, stack.alertmanager.replicas),
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


def _any_grew(*counters: str) -> str:
    return " or ".join(grew(f"prometheus_{counter}_total", "pod") for counter in counters)


def _alerts(settings: PrometheusSettings, receivers: int) -> list[Alert]:
    return [
        Alert(
            name="PrometheusReplicaMissing",
            expression=f"count({recent('prometheus_build_info')}) < {settings.replicas}",
            severity=Severity.WARNING,
            after=minutes(15),
            summary="Prometheus has fewer replicas than the stack file says",
            description="Those that are left go on alone; what the missing one would have seen is not made up for.",
        ),
        Alert(
            name="PrometheusReachesNobody",
            expression=f"min by (pod) ({recent('prometheus_notifications_alertmanagers_discovered')}) < {receivers}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="{{ $labels.pod }} knows too few replicas of Alertmanager",
            description="Alerts go to those that it knows. With none of them left, nobody is told anything.",
        ),
        Alert(
            name="PrometheusRulesSlow",
            expression=f"max by (pod, rule_group) ({_EVALUATED}) > {RULES_SHARE}",
            severity=Severity.WARNING,
            after=minutes(15),
            summary="{{ $labels.pod }} takes long for the rules {{ $labels.rule_group }}",
            description="They take most of the time between two evaluations. Beyond it, evaluations are left out.",
        ),
        Alert(
            name="TargetDown",
            expression=f"count by (namespace, job) ({recent('up')} == 0) > 0",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="{{ $labels.job }} in {{ $labels.namespace }} doesn't answer Prometheus",
            description="Nobody knows how it is, and its other alerts can't fire.",
        ),
        Alert(
            name="PrometheusSeriesNearLimit",
            expression=f"max({recent('prometheus_tsdb_head_series')}) / {settings.series} > {SERIES_SHARE}",
            severity=Severity.WARNING,
            after=minutes(15),
            summary="Prometheus holds nearly as many series as it is sized for",
            description="Beyond that, its memory and its disk are not enough. Most often one label got too many "
            "values.",
        ),
        Alert(
            name="PrometheusStorageFull",
            expression=f"{_STORED} > {DISK_SHARE * settings.disk:.0f}",
            severity=Severity.WARNING,
            after=minutes(15),
            summary="The disk of {{ $labels.pod }} is nearly full",
            description="When it is full no sample is kept, and no alert can fire.",
        ),
        Alert(
            name="PrometheusRulesFail",
            expression=_any_grew("rule_evaluation_failures", "rule_group_iterations_missed"),
            severity=Severity.CRITICAL,
            after=minutes(5),
            summary="{{ $labels.pod }} fails to evaluate rules",
            description="Evaluations end in an error or come too late. Such alerts can't fire.",
        ),
        Alert(
            name="PrometheusAlertsLost",
            expression=grew("prometheus_notifications_dropped_total", "pod"),
            severity=Severity.CRITICAL,
            after=minutes(5),
            summary="{{ $labels.pod }} loses alerts",
            description="It could not hand them to Alertmanager: nobody is told of them.",
        ),
        Alert(
            name="PrometheusConfigurationRefused",
            expression=f"min by (pod) ({recent('prometheus_config_last_reload_successful')}) == 0",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="{{ $labels.pod }} refused its new configuration",
            description="It goes on with the old one: new targets and rules don't count.",
        ),
        Alert(
            name="PrometheusScrapesRefused",
            expression=_any_grew(*_REFUSED),
            severity=Severity.WARNING,
            after=minutes(10),
            summary="{{ $labels.pod }} gives up scrapes",
            description="A target tells more than a limit allows, and so nothing of it is kept.",
        ),
        Alert(
            name="PrometheusDamaged",
            expression=_any_grew("tsdb_wal_corruptions", "tsdb_compactions_failed"),
            severity=Severity.WARNING,
            summary="{{ $labels.pod }} finds its own data damaged",
            description="Blocks can't be written or the log can't be read; samples may be missing.",
        ),
    ]
