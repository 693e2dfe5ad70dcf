"""The observability stack's own health: does it see everything, keep everything, and reach people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.grafana.dashboards.backend_rows import alerting, logs, metrics, traces
from components.observability.grafana.dashboards.collector_rows import collector
from components.observability.grafana.dashboards.panels import RATE, Dashboard, Query, Row, StatPanel, TimeSeriesPanel

if TYPE_CHECKING:
    from components.observability.grafana.dashboards.facts import Facts

FOLDER = "Observability"


def stack_health(facts: Facts) -> Dashboard:
    """Return the dashboard of the observability stack itself."""
    return Dashboard(
        uid="ballast-stack-health",
        title="Observability stack health",
        description="Does the stack see everything, keep everything, and reach people. While Prometheus is away this "
        "dashboard is empty: the dead man's switch outside is what tells then.",
        folder=FOLDER,
        rows=[
            _glance(facts.series),
            metrics(facts.series),
            alerting(),
            *([logs()] if facts.loki else []),
            traces(),
            collector(),
            _people(),
        ],
    )


def _glance(series: int) -> Row:
    return Row(
        "At a glance",
        [
            StatPanel(
                title="Targets that don't answer",
                description="Pods and nodes that Prometheus asks in vain; what they do, nobody knows.",
                unit="short",
                query="sum(up == bool 0)",
                levels=((1, "orange"), (5, "red")),
                span=6,
            ),
            StatPanel(
                title="Series against the plan",
                description="Series in memory as a share of what memory and disk were sized for (prometheus.series).",
                unit="percentunit",
                query=f"max(prometheus_tsdb_head_series) / {series}",
                levels=((0.8, "orange"), (1, "red")),
                span=6,
            ),
            StatPanel(
                title="Notifications failed in an hour",
                description="Messages that PagerDuty, Slack or the mail server did not take.",
                unit="short",
                query="sum(increase(alertmanager_notifications_failed_total[1h]))",
                levels=((1, "red"),),
                span=6,
            ),
            StatPanel(
                title="Fullest queue of the collector",
                description="Share of the fullest queue on the gateway's disks; what doesn't fit any more is lost.",
                unit="percentunit",
                query="max(otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)",
                levels=((0.5, "orange"), (0.8, "red")),
                span=6,
            ),
        ],
    )


def _people() -> Row:
    return Row(
        "People: Grafana",
        [
            TimeSeriesPanel(
                title="Answers by status",
                description="Answers per second; 500 and above mean that people see errors.",
                unit="ops",
                queries=[
                    Query(
                        f"sum by (status_code) (rate(grafana_http_request_duration_seconds_count{RATE}))",
                        "{{status_code}}",
                    )
                ],
                span=12,
            ),
            TimeSeriesPanel(
                title="Memory of the stack",
                description="Working set of each container in the namespace observability, as a share of its limit.",
                unit="percentunit",
                queries=[
                    Query(
                        'max by (pod, container) (container_memory_working_set_bytes{namespace="observability", '
                        'container!=""}) / max by (pod, container) '
                        '(kube_pod_container_resource_limits{namespace="observability", resource="memory"})',
                        "{{pod}}/{{container}}",
                    )
                ],
                levels=((0.9, "red"),),
                span=12,
            ),
        ],
    )
