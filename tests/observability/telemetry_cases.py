"""For each alert of what watches the platform: what makes it fire, and what only just does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.harness.alert_timelines import WINDOW, Age, Case, Counter, every, gauge, growing
from tests.harness.declare import stack_settings

if TYPE_CHECKING:
    from tests.harness.alert_timelines import Sample

STACK = stack_settings("prod")


def failing(metric: str, share: float) -> dict[str, Sample]:
    """Answers of two kinds, of which one fails."""
    return {
        f'{metric}{{status_code="500"}}': Counter(1000 * share),
        f'{metric}{{status_code="404"}}': Counter(500),
        f'{metric}{{status_code="200"}}': Counter(1000 * (1 - share) - 500),
    }


def evaluated(seconds: float) -> dict[str, Sample]:
    group = '{pod="prometheus-0", rule_group="qdrant"}'
    return {
        f"prometheus_rule_group_last_duration_seconds{group}": seconds,
        f"prometheus_rule_group_interval_seconds{group}": 30,
    }


def prometheus_pods(count: int) -> dict[str, Sample]:
    replicas = STACK.prometheus.replicas
    return {f'prometheus_build_info{{pod="prometheus-{one}"}}': 1 if one < count else None for one in range(replicas)}


def hashes(one: int) -> dict[str, Sample]:
    return {'alertmanager_config_hash{pod="alerts-0"}': one, 'alertmanager_config_hash{pod="alerts-1"}': 7}


def stored(total: float) -> dict[str, Sample]:
    of = '{pod="prometheus-0"}'
    told = {"prometheus_tsdb_storage_blocks_bytes": total - 1e9, "prometheus_tsdb_wal_storage_size_bytes": 1e9}
    before: dict[str, Sample] = {f'{name}{{pod="prometheus-0", instance="before"}}': 0 for name in told}
    return {**{f"{name}{of}": value for name, value in told.items()}, **before}


def queue(filled: float) -> dict[str, Sample]:
    found: dict[str, Sample] = {}
    for kind, size in (("traces", filled), ("metrics", 10)):
        where = f'{{pod="gateway-0", exporter="otlp_grpc/tempo", data_type="{kind}"}}'
        found |= {f"otelcol_exporter_queue_size{where}": size, f"otelcol_exporter_queue_capacity{where}": 1000}
    return found


POD = {"pod": "prometheus-0"}
LOKI = {"pod": "loki-0"}
GATEWAY = {"pod": "gateway-0", "exporter": "otlp_grpc/tempo"}
OF_GATEWAY = 'pod="gateway-0", exporter="otlp_grpc/tempo"'
RETAINED = "loki_compactor_apply_retention_last_successful_run_timestamp_seconds"

TELEMETRY_CASES = {
    "TargetDown": gauge(
        'up{namespace="opensearch", job="console"}', 0, 1, {"namespace": "opensearch", "job": "console"}
    ),
    "PrometheusReplicaMissing": Case(
        bad=prometheus_pods(STACK.prometheus.replicas - 1), near=prometheus_pods(STACK.prometheus.replicas), delay=4
    ),
    "PrometheusReachesNobody": gauge(
        'prometheus_notifications_alertmanagers_discovered{pod="prometheus-0"}',
        STACK.alertmanager.replicas - 1,
        STACK.alertmanager.replicas,
        POD,
    ),
    "PrometheusRulesSlow": Case(bad=evaluated(21.3), near=evaluated(20.7), labels={**POD, "rule_group": "qdrant"}),
    "PrometheusSeriesNearLimit": gauge(
        'prometheus_tsdb_head_series{pod="prometheus-0"}',
        0.9 * STACK.prometheus.series + 1,
        0.9 * STACK.prometheus.series,
    ),
    "PrometheusStorageFull": Case(
        bad=stored(0.91 * STACK.prometheus.disk), near=stored(0.89 * STACK.prometheus.disk), labels=POD
    ),
    "PrometheusAlertsLost": growing('prometheus_notifications_dropped_total{pod="prometheus-0"}', POD),
    "PrometheusConfigurationRefused": gauge('prometheus_config_last_reload_successful{pod="prometheus-0"}', 0, 1, POD),
    "AlertmanagerNotificationsFail": growing(
        'alertmanager_notifications_failed_total{integration="slack", reason="authError"}', {"integration": "slack"}
    ),
    "AlertmanagerMembersMissing": gauge(
        'alertmanager_cluster_members{pod="alerts-0"}', STACK.alertmanager.replicas - 1, STACK.alertmanager.replicas
    ),
    "AlertmanagerConfigurationsDiffer": Case(bad=hashes(8), near=hashes(7)),
    "AlertmanagerConfigurationRefused": gauge(
        'alertmanager_config_last_reload_successful{pod="alerts-0"}', 0, 1, {"pod": "alerts-0"}
    ),
    "LokiDiscardsLines": growing('loki_discarded_samples_total{reason="rate_limited"}', {"reason": "rate_limited"}),
    "LokiFailsRequests": Case(
        bad=failing("loki_request_duration_seconds_count", 0.5),
        near=failing("loki_request_duration_seconds_count", 0.09),
        resolves=WINDOW,
    ),
    "LokiPanics": growing('loki_panic_total{pod="loki-0"}', LOKI),
    "LokiDiskFull": growing('loki_ingester_wal_disk_full_failures_total{pod="loki-0"}', LOKI),
    "LokiFlushFails": growing('loki_ingester_chunks_flush_failures_total{pod="loki-0"}', LOKI),
    "LokiRetentionStands": every(RETAINED, Age(86401), Age(86400)),
    "TempoDiscardsSpans": growing(
        'tempo_discarded_spans_total{reason="trace_too_large"}', {"reason": "trace_too_large"}
    ),
    "TempoPollsFail": growing('tempodb_blocklist_poll_errors_total{pod="tempo-0"}', {"pod": "tempo-0"}),
    "GrafanaFailsAnswers": Case(
        bad=failing("grafana_http_request_duration_seconds_count", 0.5),
        near=failing("grafana_http_request_duration_seconds_count", 0.04),
        resolves=WINDOW,
    ),
    "TempoSeriesLimited": growing(
        'tempo_metrics_generator_registry_series_limited_total{pod="tempo-0"}', {"pod": "tempo-0"}
    ),
    "CollectorQueueFills": Case(bad=queue(801), near=queue(800), labels=GATEWAY),
}

# What is made of several conditions is played for each of them: the alert, then which.
for counter in ("evaluation_failures", "group_iterations_missed"):
    TELEMETRY_CASES[f"PrometheusRulesFail {counter}"] = growing(
        f'prometheus_rule_{counter}_total{{pod="prometheus-0"}}', POD
    )
for counter in ("wal_corruptions", "compactions_failed"):
    TELEMETRY_CASES[f"PrometheusDamaged {counter}"] = growing(
        f'prometheus_tsdb_{counter}_total{{pod="prometheus-0"}}', POD
    )
for counter in (
    "scrapes_exceeded_sample_limit",
    "scrape_pool_exceeded_label_limits",
    "scrape_pool_exceeded_target_limit",
):
    TELEMETRY_CASES[f"PrometheusScrapesRefused {counter}"] = growing(
        f'prometheus_target_{counter}_total{{pod="prometheus-0"}}', POD
    )
for kind in ("spans", "metric_points", "log_records"):
    TELEMETRY_CASES |= {
        f"CollectorLosesTelemetry {kind}": growing(f"otelcol_exporter_enqueue_failed_{kind}{{{OF_GATEWAY}}}", GATEWAY),
        f"CollectorSendFails {kind}": growing(f"otelcol_exporter_send_failed_{kind}{{{OF_GATEWAY}}}", GATEWAY),
        f"CollectorRefuses {kind}": growing(
            f'otelcol_receiver_refused_{kind}{{pod="gateway-0"}}', {"pod": "gateway-0"}
        ),
    }
