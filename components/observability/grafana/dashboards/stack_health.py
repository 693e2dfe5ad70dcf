"""The observability stack's own health: does it see everything, keep everything, and reach people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.grafana.dashboards.panels import Board, Figure, Lines, Query, Row

if TYPE_CHECKING:
    from components.observability.grafana.dashboards.facts import Facts

FOLDER = "Observability"
_RATE = "[$__rate_interval]"
_WRONG = ((0.001, "red"),)


def stack_health(facts: Facts) -> Board:
    """Return the dashboard of the observability stack itself."""
    return Board(
        uid="ballast-stack-health",
        title="Observability stack health",
        description="Does the stack see everything, keep everything, and reach people. While Prometheus is away this "
        "dashboard is empty: the dead man's switch outside is what tells then.",
        folder=FOLDER,
        rows=[
            _glance(facts.series),
            _metrics(facts.series),
            _alerting(),
            *([_logs()] if facts.loki else []),
            _traces(),
            _collector(),
            _people(),
        ],
    )


def _glance(series: int) -> Row:
    return Row(
        "At a glance",
        [
            Figure(
                title="Targets that don't answer",
                description="Pods and nodes that Prometheus asks in vain; what they do, nobody knows.",
                unit="short",
                query="count(up == 0) or vector(0)",
                levels=((1, "orange"), (5, "red")),
                span=6,
            ),
            Figure(
                title="Series against the plan",
                description="Series in memory as a share of what memory and disk were sized for (prometheus.series).",
                unit="percentunit",
                query=f"max(prometheus_tsdb_head_series) / {series}",
                levels=((0.8, "orange"), (1, "red")),
                span=6,
            ),
            Figure(
                title="Notifications failed in an hour",
                description="Messages that PagerDuty, Slack or the mail server did not take.",
                unit="short",
                query="sum(increase(alertmanager_notifications_failed_total[1h]))",
                levels=((1, "red"),),
                span=6,
            ),
            Figure(
                title="Fullest queue of the collector",
                description="Share of the fullest queue on the gateway's disks; what doesn't fit any more is lost.",
                unit="percentunit",
                query="max(otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)",
                levels=((0.5, "orange"), (0.8, "red")),
                span=6,
            ),
        ],
    )


def _metrics(series: int) -> Row:
    return Row(
        "Metrics: Prometheus",
        [
            Lines(
                title="Series in memory",
                description="Series of each replica, and how many it is sized for. A jump is a label with too many "
                "values.",
                unit="short",
                queries=[
                    Query("max by (pod) (prometheus_tsdb_head_series)", "{{pod}}"),
                    Query(f"vector({series})", "sized for"),
                ],
            ),
            Lines(
                title="Scrapes refused",
                description="Scrapes given up because a target gave more than a limit allows, and targets that don't "
                "answer, by job.",
                unit="short",
                queries=[
                    Query("count by (job) (up == 0)", "no answer: {{job}}"),
                    Query(
                        f"sum(increase(prometheus_target_scrapes_exceeded_sample_limit_total{_RATE}))",
                        "too many samples",
                    ),
                    Query(
                        f"sum(increase(prometheus_target_scrape_pool_exceeded_label_limits_total{_RATE}))",
                        "too many labels",
                    ),
                    Query(
                        f"sum(increase(prometheus_target_scrape_pool_exceeded_target_limit_total{_RATE}))",
                        "too many targets",
                    ),
                ],
            ),
            Lines(
                title="Rules that failed",
                description="Evaluations of rules that ended in an error, or came too late to be made at all. Such an "
                "alert can't fire.",
                unit="short",
                queries=[
                    Query(
                        f"sum by (pod) (increase(prometheus_rule_evaluation_failures_total{_RATE}))",
                        "failed: {{pod}}",
                    ),
                    Query(
                        f"sum by (pod) (increase(prometheus_rule_group_iterations_missed_total{_RATE}))",
                        "missed: {{pod}}",
                    ),
                ],
                levels=((1, "red"),),
            ),
        ],
    )


def _alerting() -> Row:
    return Row(
        "Alerting: Alertmanager",
        [
            Lines(
                title="Notifications failed, by reason",
                description="Messages that a receiver did not take. authError: a token is no longer valid. "
                "rateLimited: too many alerts at once.",
                unit="short",
                queries=[
                    Query(
                        f"sum by (integration, reason) (increase(alertmanager_notifications_failed_total{_RATE}))",
                        "{{integration}}: {{reason}}",
                    )
                ],
                levels=((1, "red"),),
            ),
            Lines(
                title="Notifications sent",
                description="Messages per second by receiver; the dead man's switch is among them and never pauses.",
                unit="ops",
                queries=[
                    Query(f"sum by (integration) (rate(alertmanager_notifications_total{_RATE}))", "{{integration}}")
                ],
            ),
            Lines(
                title="Alerts that did not reach Alertmanager",
                description="Alerts that Prometheus dropped or could not hand over, and how many replicas of "
                "Alertmanager each of them sees.",
                unit="short",
                queries=[
                    Query(
                        f"sum by (pod) (increase(prometheus_notifications_dropped_total{_RATE}))",
                        "dropped: {{pod}}",
                    ),
                    Query(f"sum by (pod) (increase(prometheus_notifications_errors_total{_RATE}))", "errors: {{pod}}"),
                    Query("min by (pod) (alertmanager_cluster_members)", "members seen by {{pod}}"),
                ],
            ),
        ],
    )


def _logs() -> Row:
    return Row(
        "Logs: Loki",
        [
            Lines(
                title="Lines discarded, by reason",
                description="Lines that Loki did not take. rate_limited and stream_limit: more than it is set for; "
                "nobody sends them again.",
                unit="ops",
                queries=[Query(f"sum by (reason) (rate(loki_discarded_samples_total{_RATE}))", "{{reason}}")],
                levels=_WRONG,
            ),
            Lines(
                title="Streams in memory",
                description="One for each set of labels. The label list is closed, so it follows the number of "
                "services and never that of pods.",
                unit="short",
                queries=[Query("max(loki_ingester_memory_streams)", "streams")],
            ),
            Lines(
                title="Received",
                description="Bytes of log lines per second.",
                unit="Bps",
                queries=[Query(f"sum(rate(loki_distributor_bytes_received_total{_RATE}))", "received")],
            ),
        ],
    )


def _traces() -> Row:
    return Row(
        "Traces: Tempo",
        [
            Lines(
                title="Spans discarded, by reason",
                description="Spans that Tempo did not take. rate_limited: more than it is set for. trace_too_large: "
                "one trace without an end.",
                unit="ops",
                queries=[Query(f"sum by (reason) (rate(tempo_discarded_spans_total{_RATE}))", "{{reason}}")],
                levels=_WRONG,
            ),
            Lines(
                title="Spans received",
                description="Spans per second after sampling.",
                unit="ops",
                queries=[Query(f"sum(rate(tempo_distributor_spans_received_total{_RATE}))", "spans")],
            ),
            Lines(
                title="Series made of traces",
                description="Series that Tempo's metrics generator keeps; it stops making new ones at its limit.",
                unit="short",
                queries=[Query("max(tempo_metrics_generator_registry_active_series)", "series")],
            ),
        ],
    )


def _collector() -> Row:
    kinds = ("spans", "metric_points", "log_records")
    return Row(
        "Collector: agents and gateway",
        [
            Lines(
                title="Refused and failed",
                description="What receivers refused for want of memory, what a backend did not take, and what a full "
                "queue did not hold. The last is lost.",
                unit="ops",
                queries=[
                    *(
                        Query(f"sum(rate(otelcol_receiver_refused_{kind}{_RATE}))", f"refused: {kind}")
                        for kind in kinds
                    ),
                    *(
                        Query(f"sum(rate(otelcol_exporter_send_failed_{kind}{_RATE}))", f"failed: {kind}")
                        for kind in kinds
                    ),
                    *(
                        Query(f"sum(rate(otelcol_exporter_enqueue_failed_{kind}{_RATE}))", f"lost: {kind}")
                        for kind in kinds
                    ),
                ],
                levels=_WRONG,
            ),
            Lines(
                title="Queues, by exporter",
                description="Share of each exporter's queue that is full. One that grows has a backend that doesn't "
                "answer; the others go on.",
                unit="percentunit",
                queries=[
                    Query(
                        "max by (pod, exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)",
                        "{{exporter}} on {{pod}}",
                    )
                ],
                levels=((0.8, "red"),),
            ),
            Lines(
                title="Taken in",
                description="Spans, metric points and log records per second at the agents and the gateway together.",
                unit="ops",
                queries=[
                    Query(f"sum(rate(otelcol_receiver_accepted_{kind}{_RATE}))", kind.replace("_", " "))
                    for kind in kinds
                ],
            ),
        ],
    )


def _people() -> Row:
    return Row(
        "People: Grafana",
        [
            Lines(
                title="Answers by status",
                description="Answers per second; 500 and above mean that people see errors.",
                unit="ops",
                queries=[
                    Query(
                        f"sum by (status_code) (rate(grafana_http_request_duration_seconds_count{_RATE}))",
                        "{{status_code}}",
                    )
                ],
                span=12,
            ),
            Lines(
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
