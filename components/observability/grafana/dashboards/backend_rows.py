"""Rows about what keeps metrics, alerts, logs and traces."""

from __future__ import annotations

from components.observability.grafana.dashboards.panels import ANY, RATE, Query, Row, TimeSeriesPanel


def metrics(series: int) -> Row:
    """Return the row of what Prometheus holds, and what it could not take or compute."""
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


def alerting() -> Row:
    """Return the row of what reached people and what did not."""
    return Row(
        "Alerting: Alertmanager",
        [
            TimeSeriesPanel(
                title="Notifications failed, by reason",
                description="Messages that a receiver did not take. authError: a token is no longer valid. "
                "rateLimited: too many alerts at once.",
                unit="short",
                queries=[
                    Query(
                        f"sum by (integration, reason) (increase(alertmanager_notifications_failed_total{RATE}))",
                        "{{integration}}: {{reason}}",
                    )
                ],
                levels=((1, "red"),),
            ),
            TimeSeriesPanel(
                title="Notifications sent",
                description="Messages per second by receiver; the dead man's switch is among them and never pauses.",
                unit="ops",
                queries=[
                    Query(f"sum by (integration) (rate(alertmanager_notifications_total{RATE}))", "{{integration}}")
                ],
            ),
            TimeSeriesPanel(
                title="Alerts that did not reach Alertmanager",
                description="Alerts that Prometheus dropped or could not hand over, and how many replicas of "
                "Alertmanager each of them sees.",
                unit="short",
                queries=[
                    Query(
                        f"sum by (pod) (increase(prometheus_notifications_dropped_total{RATE}))",
                        "dropped: {{pod}}",
                    ),
                    Query(f"sum by (pod) (increase(prometheus_notifications_errors_total{RATE}))", "errors: {{pod}}"),
                    Query("min by (pod) (alertmanager_cluster_members)", "members seen by {{pod}}"),
                ],
            ),
        ],
    )


def logs() -> Row:
    """Return the row of what Loki took and what it did not."""
    return Row(
        "Logs: Loki",
        [
            TimeSeriesPanel(
                title="Lines discarded, by reason",
                description="Lines that Loki did not take. rate_limited and stream_limit: more than it is set for; "
                "nobody sends them again.",
                unit="ops",
                queries=[Query(f"sum by (reason) (rate(loki_discarded_samples_total{RATE}))", "{{reason}}")],
                levels=ANY,
            ),
            TimeSeriesPanel(
                title="Streams in memory",
                description="One for each set of labels. The label list is closed, so it follows the number of "
                "services and never that of pods.",
                unit="short",
                queries=[Query("max(loki_ingester_memory_streams)", "streams")],
            ),
            TimeSeriesPanel(
                title="Received",
                description="Bytes of log lines per second.",
                unit="Bps",
                queries=[Query(f"sum(rate(loki_distributor_bytes_received_total{RATE}))", "received")],
            ),
        ],
    )


def traces() -> Row:
    """Return the row of what Tempo took and what it did not."""
    return Row(
        "Traces: Tempo",
        [
            TimeSeriesPanel(
                title="Spans discarded, by reason",
                description="Spans that Tempo did not take. rate_limited: more than it is set for. trace_too_large: "
                "one trace without an end.",
                unit="ops",
                queries=[Query(f"sum by (reason) (rate(tempo_discarded_spans_total{RATE}))", "{{reason}}")],
                levels=ANY,
            ),
            TimeSeriesPanel(
                title="Spans received",
                description="Spans per second after sampling.",
                unit="ops",
                queries=[Query(f"sum(rate(tempo_distributor_spans_received_total{RATE}))", "spans")],
            ),
            TimeSeriesPanel(
                title="Series made of traces",
                description="Series that Tempo's metrics generator keeps; it stops making new ones at its limit.",
                unit="short",
                queries=[Query("max(tempo_metrics_generator_registry_active_series)", "series")],
            ),
        ],
    )
