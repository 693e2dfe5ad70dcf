"""For each alert: what makes it fire, and what only just does not. Numbers come from the stack file of production."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.settings.stores import stores
from components.stores.opensearch.settings import shards_per_node
from components.stores.opensearch.sizing import WATERMARKS
from tests.harness.alert_timelines import Age, Case, Counter
from tests.harness.declare import stack_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.harness.alert_timelines import Sample

STACK = stack_settings("prod")
DATA = STACK.opensearch.pools["data"]
assert STACK.qdrant is not None
QDRANT = STACK.qdrant
PROMISES = {store.label: store.settings.recovery for store in stores(STACK)}
STORE = 'store="volume-knowledge"'
SHARDS = STACK.opensearch.data_nodes * shards_per_node(DATA.heap_size)
WINDOW = 10


def free(step: str) -> int:
    share, most = WATERMARKS[step]
    return min(int(DATA.disk * share), most)


def gauge(series: str, bad: Sample, near: Sample, labels: Mapping[str, str] | None = None, **more: int) -> Case:
    return Case(bad={series: bad}, near={series: near}, labels=labels or {}, **more)


def growing(series: str, labels: Mapping[str, str]) -> Case:
    """A counter that stands still must not fire, whatever it counted before; one that grows must."""
    return gauge(series, Counter(1), Counter(0), labels, resolves=WINDOW)


def health(color: str, otherwise: str) -> Case:
    def told(now: str) -> dict[str, Sample]:
        known = ("green", "yellow", "red")
        return {f'elasticsearch_cluster_health_status{{color="{one}"}}': int(one == now) for one in known}

    return Case(bad=told(color), near=told(otherwise))


def shards(total: int) -> dict[str, Sample]:
    parts = {"active": total - 3, "initializing": 1, "unassigned": 2, "relocating": 50}
    return {f"elasticsearch_cluster_health_{kind}_shards": count for kind, count in parts.items()}


def heap(share: float) -> dict[str, Sample]:
    return {
        'elasticsearch_jvm_memory_used_bytes{area="heap", name="data-0"}': share * 1000,
        'elasticsearch_jvm_memory_max_bytes{area="heap", name="data-0"}': 1000,
        # What lies outside the heap may be all used.
        'elasticsearch_jvm_memory_used_bytes{area="non-heap", name="data-0"}': 1000,
        'elasticsearch_jvm_memory_max_bytes{area="non-heap", name="data-0"}': 1000,
    }


def qdrant_nodes(count: int) -> dict[str, Sample]:
    return {f'qdrant_app_info{{pod="qdrant-{one}"}}': 1 if one < count else None for one in range(QDRANT.nodes)}


def qdrant_disk(used: float) -> dict[str, Sample]:
    """A node's data disk, beside the disk on which its snapshots are built, which may be full for a while."""
    found: dict[str, Sample] = {}
    for volume, share in (("data", used), ("snapshots", 0.99)):
        claim = f'{{namespace="qdrant", persistentvolumeclaim="{volume}-qdrant-0"}}'
        found[f"kubelet_volume_stats_available_bytes{claim}"] = (1 - share) * QDRANT.disk
        found[f"kubelet_volume_stats_capacity_bytes{claim}"] = int(QDRANT.disk)
    return found


def on_one_node(metric: str) -> Case:
    """What one node of two says counts, whatever the other says."""
    said = [f'{metric}{{pod="qdrant-{number}"}}' for number in range(2)]
    return Case(bad={said[0]: 1, said[1]: 0}, near=dict.fromkeys(said, 0))


def answers(failed: float) -> dict[str, Sample]:
    return {
        'qdrant_rest_responses_total{status="500"}': Counter(failed),
        'qdrant_rest_responses_total{status="200"}': Counter(1000 - failed),
    }


def stored(total: float) -> dict[str, Sample]:
    return {
        'prometheus_tsdb_storage_blocks_bytes{pod="prometheus-0"}': total - 1e9,
        'prometheus_tsdb_wal_storage_size_bytes{pod="prometheus-0"}': 1e9,
    }


def queue(filled: float) -> dict[str, Sample]:
    where = '{pod="gateway-0", exporter="otlp_grpc/tempo", data_type="traces"}'
    return {f"otelcol_exporter_queue_size{where}": filled, f"otelcol_exporter_queue_capacity{where}": 1000}


POD = {"pod": "prometheus-0"}
LOKI = {"pod": "loki-0"}
GATEWAY = {"pod": "gateway-0", "exporter": "otlp_grpc/tempo"}
OF_GATEWAY = 'pod="gateway-0", exporter="otlp_grpc/tempo"'
RETAINED = "loki_compactor_apply_retention_last_successful_run_timestamp_seconds"
NODE = {"name": "data-0"}

CASES = {
    "OpenSearchRed": health("red", "yellow"),
    "OpenSearchClusterDown": health("yellow", "green"),
    "OpenSearchUnknown": gauge('elasticsearch_cluster_health_status{color="green"}', None, 1, delay=4),
    "OpenSearchNodeMissing": gauge(
        "elasticsearch_cluster_health_number_of_nodes", STACK.opensearch.nodes - 1, STACK.opensearch.nodes
    ),
    "OpenSearchHeapHigh": Case(bad=heap(0.86), near=heap(0.85), labels=NODE),
    "OpenSearchBreakerTripped": growing(
        'elasticsearch_breakers_tripped{name="data-0", breaker="parent"}', {**NODE, "breaker": "parent"}
    ),
    "OpenSearchDiskLow": gauge(
        'elasticsearch_filesystem_data_available_bytes{name="data-0"}', free("low") - 1, free("low"), NODE
    ),
    "OpenSearchDiskFull": gauge(
        'elasticsearch_filesystem_data_available_bytes{name="data-0"}', free("high") - 1, free("high"), NODE
    ),
    "OpenSearchPendingTasks": gauge("elasticsearch_cluster_health_number_of_pending_tasks", 101, 100),
    "OpenSearchRejectsWork": growing(
        'elasticsearch_thread_pool_rejected_count{name="data-0", type="write"}', {**NODE, "type": "write"}
    ),
    "OpenSearchShardsNearLimit": Case(bad=shards(int(0.9 * SHARDS) + 1), near=shards(int(0.9 * SHARDS))),
    "QdrantDown": gauge('qdrant_app_info{pod="qdrant-0"}', None, 1, delay=4),
    "QdrantNodeMissing": Case(bad=qdrant_nodes(QDRANT.nodes - 1), near=qdrant_nodes(QDRANT.nodes), delay=4),
    "QdrantDeadReplicas": on_one_node("qdrant_collection_dead_replicas"),
    "QdrantChangesWait": on_one_node("qdrant_cluster_pending_operations_total"),
    "QdrantTransferStuck": gauge(
        'qdrant_collection_shard_transfer_outgoing{id="documents"}', 1, 0, {"id": "documents"}
    ),
    "QdrantMemoryHigh": gauge(
        'qdrant_memory_resident_bytes{pod="qdrant-0"}', 0.91 * QDRANT.memory, 0.89 * QDRANT.memory, {"pod": "qdrant-0"}
    ),
    "QdrantDiskFilling": Case(
        bad=qdrant_disk(0.71), near=qdrant_disk(0.69), labels={"persistentvolumeclaim": "data-qdrant-0"}
    ),
    "QdrantOptimizerBehind": gauge(
        'qdrant_collection_running_optimizations{id="documents"}', 1, 0, {"id": "documents"}
    ),
    "QdrantFailsAnswers": Case(bad=answers(200), near=answers(9), resolves=WINDOW),
    "SnapshotFailed": gauge(f"ballast_snapshot_complete{{{STORE}}}", 0, 1, {"store": "volume-knowledge"}),
    "TargetDown": gauge(
        'up{namespace="opensearch", job="console"}', 0, 1, {"namespace": "opensearch", "job": "console"}
    ),
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
    "AlertmanagerConfigurationRefused": gauge(
        'alertmanager_config_last_reload_successful{pod="alerts-0"}', 0, 1, {"pod": "alerts-0"}
    ),
    "LokiDiscardsLines": growing('loki_discarded_samples_total{reason="rate_limited"}', {"reason": "rate_limited"}),
    "LokiDiskFull": growing('loki_ingester_wal_disk_full_failures_total{pod="loki-0"}', LOKI),
    "LokiFlushFails": growing('loki_ingester_chunks_flush_failures_total{pod="loki-0"}', LOKI),
    "LokiRetentionStands": gauge(RETAINED, Age(86401), Age(86400)),
    "TempoDiscardsSpans": growing(
        'tempo_discarded_spans_total{reason="trace_too_large"}', {"reason": "trace_too_large"}
    ),
    "TempoSeriesLimited": growing(
        'tempo_metrics_generator_registry_series_limited_total{pod="tempo-0"}', {"pod": "tempo-0"}
    ),
    "CollectorQueueFills": Case(bad=queue(801), near=queue(800), labels=GATEWAY),
}

# What is made of several conditions is played for each of them: the alert, then which.
for counter in ("evaluation_failures", "group_iterations_missed"):
    CASES[f"PrometheusRulesFail {counter}"] = growing(f'prometheus_rule_{counter}_total{{pod="prometheus-0"}}', POD)
for counter in ("wal_corruptions", "compactions_failed"):
    CASES[f"PrometheusDamaged {counter}"] = growing(f'prometheus_tsdb_{counter}_total{{pod="prometheus-0"}}', POD)
for counter in (
    "scrapes_exceeded_sample_limit",
    "scrape_pool_exceeded_label_limits",
    "scrape_pool_exceeded_target_limit",
):
    CASES[f"PrometheusScrapesRefused {counter}"] = growing(
        f'prometheus_target_{counter}_total{{pod="prometheus-0"}}', POD
    )
for kind in ("spans", "metric_points", "log_records"):
    CASES |= {
        f"CollectorLosesTelemetry {kind}": growing(f"otelcol_exporter_enqueue_failed_{kind}{{{OF_GATEWAY}}}", GATEWAY),
        f"CollectorSendFails {kind}": growing(f"otelcol_exporter_send_failed_{kind}{{{OF_GATEWAY}}}", GATEWAY),
        f"CollectorRefuses {kind}": growing(
            f'otelcol_receiver_refused_{kind}{{pod="gateway-0"}}', {"pod": "gateway-0"}
        ),
    }
for store, promise in PROMISES.items():
    complete = 'ballast_snapshot_last_complete_timestamp_seconds{store="%s"}'
    known: dict[str, Sample] = {complete % label: Age(60) for label in PROMISES}
    CASES |= {
        f"SnapshotTooOld {store}": gauge(
            complete % store, Age(promise.recovery_point + 60), Age(promise.recovery_point), {"store": store}
        ),
        f"SnapshotUnknown {store}": Case(
            bad=known | {complete % store: None}, near=known, labels={"store": store}, delay=4
        ),
        f"SnapshotSlow {store}": gauge(
            f'ballast_snapshot_duration_seconds{{store="{store}"}}',
            promise.recovery_time + 1,
            promise.recovery_time,
            {"store": store},
        ),
    }
