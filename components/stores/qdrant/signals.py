"""The vector store's copies, contents and failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.alertmanager.settings import Severity
from components.settings.quantities import Duration
from components.signals.alerts import Alert
from components.signals.objectives import RATE, Slo
from components.signals.offer import Signals
from components.signals.panels import Query, Row, StatPanel, TimeSeriesPanel
from components.signals.promql import WINDOW, minutes, recent
from components.stores.qdrant.configuration import DISK_PERCENT
from components.stores.qdrant.settings import CLUSTER, NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.settings.objectives import ObjectivesSettings
    from components.settings.stack import StackSettings
    from components.stores.qdrant.settings import QdrantSettings


FAILED_SHARE = 0.01
QUICK_SECONDS = 0.1
"""K4: p99 below 100 ms. Qdrant counts answers below this limit, so it can't be any number."""

MEMORY_SHARE = 0.9
MAPS_SHARE = 0.8
DISK_SHARE = 0.7
"""Well below the quota of 85 %: beyond that copies are dead until the disk is larger, and no new node relieves it."""
OPTIMIZING = Duration.parse("6h")
"""Longest time that an optimizer is busy without a break."""

_RESIDENT = recent("qdrant_memory_resident_bytes")
_MAPS = f"{recent('qdrant_process_open_mmaps')} / {recent('qdrant_system_max_mmaps')}"
_FAILED = " / ".join(f"sum(rate(qdrant_rest_responses_total{which}{WINDOW}))" for which in ('{status=~"5.."}', ""))


def _volume(what: str) -> str:
    claims = f'{{namespace="{NAMESPACE}", persistentvolumeclaim=~"data-{CLUSTER}-[0-9]+"}}'
    return recent(f"kubelet_volume_stats_{what}_bytes{claims}")


def signals(stack: StackSettings) -> Signals | None:
    """Return the signals of the vector store, where there is one."""
    if stack.qdrant is None:
        return None
    return Signals(
        name="qdrant",
        stats=[_at_a_glance(stack.qdrant)],
        rows=[_collections()],
        alerts=_alerts(stack.qdrant),
        slos=[] if stack.objectives is None else list(_promised(stack.objectives, stack.qdrant)),
    )


def _promised(objectives: ObjectivesSettings, settings: QdrantSettings) -> Iterator[Slo]:
    if settings.availability is not None:
        yield Slo(
            name="QdrantAnswers",
            promise="Qdrant answers without an error of its own",
            objective=settings.availability,
            window=objectives.window,
            bad=f'sum(rate(qdrant_rest_responses_total{{status=~"5.."}}{RATE})) or vector(0)',
            total=f"sum(rate(qdrant_rest_responses_total{RATE}))",
        )
    if settings.quick_answers is not None:
        measured = f"sum(rate(qdrant_rest_responses_duration_seconds_count{RATE}))"
        quick = f'sum(rate(qdrant_rest_responses_duration_seconds_bucket{{le="{QUICK_SECONDS}"}}{RATE}))'
        yield Slo(
            name="QdrantQuickness",
            promise="Qdrant answers within 100 milliseconds",
            objective=settings.quick_answers,
            window=objectives.window,
            bad=f"{measured} - {quick}",
            total=measured,
        )


def _at_a_glance(settings: QdrantSettings) -> StatPanel:
    return StatPanel(
        title="Nodes of Qdrant",
        description=f"Nodes that tell of themselves; there should be {settings.nodes}.",
        unit="short",
        query=f"count({recent('qdrant_app_info')}) or vector(0)",
        levels=((1, "orange"), (settings.nodes, "green")) if settings.nodes > 1 else ((1, "green"),),
        base="red",
    )


def _collections() -> Row:
    return Row(
        "Vector store",
        [
            TimeSeriesPanel(
                title="Copies that don't answer",
                description="Copies of shards that are not active, and changes of the cluster that wait for each "
                "other. Both are zero but for moments.",
                unit="short",
                queries=[
                    Query("max(qdrant_collection_dead_replicas)", "copies"),
                    Query("max(qdrant_cluster_pending_operations_total)", "changes that wait"),
                ],
            ),
            TimeSeriesPanel(
                title="Vectors",
                description="Vectors in each collection on all nodes, copies included.",
                unit="short",
                queries=[Query("sum by (collection) (qdrant_collection_vectors)", "{{collection}}")],
            ),
            TimeSeriesPanel(
                title="Failed answers",
                description="Share of answers with a status of 500 and above, over REST.",
                unit="percentunit",
                queries=[
                    Query(
                        'sum(rate(qdrant_rest_responses_total{status=~"5.."}[$__rate_interval])) '
                        "/ sum(rate(qdrant_rest_responses_total[$__rate_interval]))",
                        "share",
                    )
                ],
                levels=((FAILED_SHARE, "red"),),
            ),
        ],
    )


def _alerts(settings: QdrantSettings) -> list[Alert]:
    return [
        Alert(
            name="QdrantDown",
            expression=f"absent({recent('qdrant_app_info')})",
            severity=Severity.CRITICAL,
            after=minutes(1),
            summary="No node of Qdrant tells of itself",
            description="Vectors can be neither searched nor written, or Prometheus reaches none of the nodes.",
        ),
        Alert(
            name="QdrantNodeMissing",
            expression=f"count({recent('qdrant_app_info')}) < {settings.nodes}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="Qdrant has fewer nodes than the stack file says",
            description="A node is away for longer than a restart takes. Shards that it held have a copy less.",
        ),
        Alert(
            name="QdrantDeadReplicas",
            expression=f"max({recent('qdrant_collection_dead_replicas')}) > 0",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="Copies of shards in Qdrant don't answer",
            description="They hold no current data, and reads go to the others. The next node that is lost may take "
            "data with it.",
        ),
        Alert(
            name="QdrantChangesWait",
            expression=f"max({recent('qdrant_cluster_pending_operations_total')}) > 0",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="Changes of the Qdrant cluster wait",
            description="Nodes don't agree: collections can't be made or changed, and copies aren't moved.",
        ),
        Alert(
            name="QdrantTransferStuck",
            expression=f"max by (id) ({recent('qdrant_collection_shard_transfer_outgoing')}) > 0",
            severity=Severity.WARNING,
            after=settings.recovery.recovery_time,
            summary="A shard of the Qdrant collection {{ $labels.id }} has been on its way for too long",
            description="The transfer takes longer than data may be away after a loss. A rebalance waits behind it.",
        ),
        Alert(
            name="QdrantRecoveryMode",
            expression=f"max by (pod) ({recent('qdrant_app_status_recovery_mode')}) == 1",
            severity=Severity.CRITICAL,
            after=minutes(5),
            summary="Qdrant node {{ $labels.pod }} started in recovery mode",
            description="It holds back its collections, because loading them ended it before. It serves no searches.",
        ),
        Alert(
            name="QdrantMapsNearLimit",
            expression=f"max by (pod) ({_MAPS}) > {MAPS_SHARE}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="Qdrant node {{ $labels.pod }} maps nearly as many files as its machine allows",
            description="Beyond vm.max_map_count it ends. Many small segments are the cause most often.",
        ),
        Alert(
            name="QdrantSnapshotStuck",
            expression=f"max by (id) ({recent('qdrant_snapshot_creation_running')}) > 0",
            severity=Severity.WARNING,
            after=settings.recovery.recovery_time,
            summary="A snapshot of the Qdrant collection {{ $labels.id }} comes to no end",
            description="It takes longer than data may be away after a loss, and keeps segments from being merged.",
        ),
        Alert(
            name="QdrantMemoryHigh",
            expression=f"max by (pod) ({_RESIDENT}) > {MEMORY_SHARE * settings.memory:.0f}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="Qdrant node {{ $labels.pod }} is short of memory",
            description="It is near its limit, at which the kernel ends it.",
        ),
        Alert(
            name="QdrantDiskFilling",
            expression=f"1 - max by (persistentvolumeclaim) ({_volume('available')}) "
            f"/ max by (persistentvolumeclaim) ({_volume('capacity')}) > {DISK_SHARE}",
            severity=Severity.WARNING,
            after=minutes(10),
            summary="The volume {{ $labels.persistentvolumeclaim }} of Qdrant fills",
            description=f"From {DISK_PERCENT} % on writes are refused, and the node's copies are dead until it is 5 "
            "points lower; shards can't be moved off it then.",
        ),
        Alert(
            name="QdrantOptimizerBehind",
            expression=f"max by (id) ({recent('qdrant_collection_running_optimizations')}) > 0",
            severity=Severity.WARNING,
            after=OPTIMIZING,
            summary="The Qdrant collection {{ $labels.id }} is optimized without an end",
            description="Segments are merged and indexed slower than points are written; searches get slower.",
        ),
        Alert(
            name="QdrantFailsAnswers",
            expression=f"{_FAILED} > {FAILED_SHARE}",
            severity=Severity.WARNING,
            after=minutes(5),
            summary="Qdrant answers with errors",
            description="A share of the answers over REST has a status of 500 or above.",
        ),
    ]
