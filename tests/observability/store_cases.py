"""For each alert of a store and its snapshots: what makes it fire, and what only just does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.settings.stores import stores
from components.stores.opensearch.settings import shards_per_node
from components.stores.opensearch.sizing import WATERMARKS
from tests.harness.alert_timelines import WINDOW, Age, Case, Counter, every, gauge, growing
from tests.harness.declare import stack_settings

if TYPE_CHECKING:
    from tests.harness.alert_timelines import Sample

STACK = stack_settings("prod")
DATA = STACK.opensearch.pools["data"]
assert STACK.qdrant is not None
QDRANT = STACK.qdrant
assert STACK.chroma is not None
CHROMA = STACK.chroma
CHROMA_FREE = 'kubelet_volume_stats_available_bytes{namespace="databases", persistentvolumeclaim="data-chroma-0"}'
PROMISES = {store.label: store.settings.recovery for store in stores(STACK)}
STORE = 'store="volume-knowledge"'
SHARDS = STACK.opensearch.data_nodes * shards_per_node(DATA.heap_size)
NODE = {"name": "data-0"}


def free(step: str) -> int:
    share, most = WATERMARKS[step]
    return min(int(DATA.disk * share), most)


def health(color: str, otherwise: str) -> Case:
    def told(now: str) -> dict[str, Sample]:
        known = ("green", "yellow", "red")
        return {f'elasticsearch_cluster_health_status{{color="{one}"}}': int(one == now) for one in known}

    return Case(bad=told(color), near=told(otherwise))


def shards(total: int) -> dict[str, Sample]:
    parts = {"active": total - 3, "initializing": 1, "unassigned": 2, "relocating": 50}
    told = {f"elasticsearch_cluster_health_{kind}_shards": count for kind, count in parts.items()}
    # What the exporter's pod of before said last.
    return {**told, **{f'{series}{{instance="before"}}': 0 for series in told}}


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


def searches(milliseconds: float) -> dict[str, Sample]:
    """Two nodes, of which one is as quick as the other is slow: what people wait for is the mean."""
    found: dict[str, Sample] = {}
    for node, share in (("data-0", 1.9), ("data-1", 0.1)):
        found[f'elasticsearch_indices_search_query_total{{name="{node}"}}'] = Counter(1000)
        found[f'elasticsearch_indices_search_query_time_seconds{{name="{node}"}}'] = Counter(share * milliseconds)
    return found


def maps(share: float) -> dict[str, Sample]:
    told: dict[str, Sample] = {"qdrant_process_open_mmaps": share * 65530, "qdrant_system_max_mmaps": 65530}
    beside: dict[str, Sample] = {"qdrant_process_open_mmaps": 100, "qdrant_system_max_mmaps": 262144}
    return {
        f'{name}{{pod="qdrant-0", instance="{of}"}}': value
        for of, one in (("told", told), ("beside", beside))
        for name, value in one.items()
    }


def answers(failed: float) -> dict[str, Sample]:
    return {
        'qdrant_rest_responses_total{status="500"}': Counter(failed),
        'qdrant_rest_responses_total{status="200"}': Counter(1000 - failed),
    }


STORE_CASES = {
    "OpenSearchRed": health("red", "yellow"),
    "OpenSearchClusterDown": health("yellow", "green"),
    "OpenSearchUnknown": every('elasticsearch_cluster_health_status{color="green"}', None, 1, delay=4),
    "OpenSearchNodeMissing": every(
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
    "OpenSearchSearchesSlow": Case(bad=searches(3000), near=searches(990), resolves=WINDOW),
    "OpenSearchShardsOnTheMove": gauge("elasticsearch_cluster_health_relocating_shards", 1, 0),
    "OpenSearchShardsNearLimit": Case(bad=shards(int(0.9 * SHARDS) + 1), near=shards(int(0.9 * SHARDS))),
    "QdrantDown": every('qdrant_app_info{pod="qdrant-0"}', None, 1, delay=4),
    "QdrantNodeMissing": Case(bad=qdrant_nodes(QDRANT.nodes - 1), near=qdrant_nodes(QDRANT.nodes), delay=4),
    "QdrantDeadReplicas": on_one_node("qdrant_collection_dead_replicas"),
    "QdrantChangesWait": on_one_node("qdrant_cluster_pending_operations_total"),
    "QdrantTransferStuck": gauge(
        'qdrant_collection_shard_transfer_outgoing{id="documents"}', 1, 0, {"id": "documents"}
    ),
    "QdrantRecoveryMode": gauge('qdrant_app_status_recovery_mode{pod="qdrant-0"}', 1, 0, {"pod": "qdrant-0"}),
    "QdrantMapsNearLimit": Case(bad=maps(0.81), near=maps(0.79), labels={"pod": "qdrant-0"}),
    "QdrantSnapshotStuck": gauge('qdrant_snapshot_creation_running{id="documents"}', 1, 0, {"id": "documents"}),
    "ChromaDown": every('kube_statefulset_status_replicas_ready{namespace="databases", statefulset="chroma"}', 0, 1),
    "ChromaDiskLow": gauge(CHROMA_FREE, 0.29 * CHROMA.disk, 0.31 * CHROMA.disk),
    "ChromaDiskFull": gauge(CHROMA_FREE, 0.14 * CHROMA.disk, 0.16 * CHROMA.disk),
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
}

for store, promise in PROMISES.items():
    complete = 'ballast_snapshot_last_complete_timestamp_seconds{store="%s"}'
    known: dict[str, Sample] = {complete % label: Age(60) for label in PROMISES}
    STORE_CASES |= {
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
