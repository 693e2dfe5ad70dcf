"""The platform at a glance: is every store well, are its snapshots as young as promised, and is there room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.grafana.dashboards.panels import Board, Figure, Lines, Query, Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.observability.grafana.dashboards.facts import Facts

FOLDER = "Platform"

_LIVE_PODS = 'kube_pod_status_phase{phase=~"Pending|Running|Unknown"} == 1'
_UNREADY_PODS = f'kube_pod_status_ready{{condition=~"false|unknown"}} == 1 and on (namespace, pod) ({_LIVE_PODS})'
_VOLUME_USED = "1 - kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes"
_FULL = ((0.8, "orange"), (0.9, "red"))


def overview(facts: Facts) -> Board:
    """Return the dashboard of the whole platform."""
    return Board(
        uid="ballast-overview",
        title="Platform overview",
        description="Is every store well, are its snapshots as young as promised, and is there room.",
        folder=FOLDER,
        rows=[
            _glance(facts.recovery_points),
            _snapshots(facts.recovery_points),
            _search(),
            *([_vectors()] if facts.qdrant else []),
            _volumes(),
            _pods(),
            _nodes(),
        ],
    )


def age_against_promise(store: str, seconds: int) -> str:
    """Return the query of how old a store's newest whole snapshot is, as a share of what its promise allows."""
    return f'max((time() - ballast_snapshot_last_complete_timestamp_seconds{{store="{store}"}}) / {seconds})'


def _glance(promises: Mapping[str, int]) -> Row:
    ages = [f'label_replace({age_against_promise(*one)}, "store", "{one[0]}", "", "")' for one in promises.items()]
    health = 'max(elasticsearch_cluster_health_status{color="%s"})'
    return Row(
        "At a glance",
        [
            Figure(
                title="Search cluster",
                description="Health that OpenSearch gives itself. Yellow: a copy of a shard is missing. Red: a shard "
                "is, and so data can't be read.",
                unit="short",
                query=f"2 * {health % 'red'} + {health % 'yellow'}",
                levels=((1, "orange"), (2, "red")),
                words={"0": "green", "1": "yellow", "2": "red"},
            ),
            Figure(
                title="Oldest snapshot",
                description="Age of the newest whole snapshot of the store that is worst off, as a share of its "
                "promise (recoveryPoint). Above 100 % more work would be lost than was promised.",
                unit="percentunit",
                query=f"max({' or '.join(ages)})",
                levels=((0.9, "orange"), (1, "red")),
            ),
            Figure(
                title="Fullest volume",
                description="Share of the fullest volume that is used. OpenSearch stops taking writes at 95 %, and no "
                "store can restart on a full disk.",
                unit="percentunit",
                query=f"max({_VOLUME_USED})",
                levels=_FULL,
            ),
            Figure(
                title="Pods not ready",
                description="Pods that should serve and don't; finished jobs are not counted.",
                unit="short",
                query=f"count({_UNREADY_PODS}) or vector(0)",
                levels=((1, "orange"), (3, "red")),
            ),
            Figure(
                title="Restarts in an hour",
                description="Containers that ended and were started again. A pod that does so again and again is "
                "below, by name.",
                unit="short",
                query="sum(increase(kube_pod_container_status_restarts_total[1h]))",
                levels=((1, "orange"), (5, "red")),
            ),
            Figure(
                title="Nodes not ready",
                description="Machines that don't tell Kubernetes that they are well.",
                unit="short",
                query='count(kube_node_status_condition{condition="Ready", status="true"} == 0) or vector(0)',
                levels=((1, "red"),),
            ),
        ],
    )


def _snapshots(promises: Mapping[str, int]) -> Row:
    return Row(
        "Snapshots",
        [
            Lines(
                title="Age against the promise",
                description="Age of each store's newest whole snapshot, as a share of its recoveryPoint. It falls when "
                "a snapshot is complete; above 100 % the promise is broken.",
                unit="percentunit",
                queries=[Query(age_against_promise(*one), one[0]) for one in promises.items()],
                levels=((1, "red"),),
            ),
            Lines(
                title="Last attempt",
                description="1 where the last attempt gave a whole snapshot, 0 where it failed; the job's log says "
                "why.",
                unit="short",
                queries=[Query("min by (store) (ballast_snapshot_complete)", "{{store}}")],
            ),
            Lines(
                title="Size of the newest snapshot",
                description="What the newest whole snapshot takes in the archive. A sudden fall deserves a look: what "
                "is not in a snapshot can't be restored.",
                unit="bytes",
                queries=[Query("max by (store) (ballast_snapshot_size_bytes)", "{{store}}")],
            ),
        ],
    )


def _search() -> Row:
    return Row(
        "Search cluster",
        [
            Lines(
                title="Shards away from home",
                description="Shards without a node, and shards that move or are made. Moving is normal during a "
                "restart; without a node for long is not.",
                unit="short",
                queries=[
                    Query("max(elasticsearch_cluster_health_unassigned_shards)", "without a node"),
                    Query("max(elasticsearch_cluster_health_relocating_shards)", "moving"),
                    Query("max(elasticsearch_cluster_health_initializing_shards)", "being made"),
                ],
            ),
            Lines(
                title="Heap used",
                description="Share of each node's Java heap. Above 85 % for long, circuit breakers refuse requests.",
                unit="percentunit",
                queries=[
                    Query(
                        'max by (name) (elasticsearch_jvm_memory_used_bytes{area="heap"} '
                        '/ elasticsearch_jvm_memory_max_bytes{area="heap"})',
                        "{{name}}",
                    )
                ],
                levels=((0.85, "red"),),
            ),
            Lines(
                title="Searches and writes",
                description="Queries and documents indexed per second in the whole cluster, copies included.",
                unit="ops",
                queries=[
                    Query("sum(rate(elasticsearch_indices_search_query_total[$__rate_interval]))", "queries"),
                    Query("sum(rate(elasticsearch_indices_indexing_index_total[$__rate_interval]))", "documents"),
                ],
            ),
        ],
    )


def _vectors() -> Row:
    return Row(
        "Vector store",
        [
            Lines(
                title="Copies that don't answer",
                description="Copies of shards that are not active, and changes of the cluster that wait for each "
                "other. Both are zero but for moments.",
                unit="short",
                queries=[
                    Query("max(qdrant_collection_dead_replicas)", "copies"),
                    Query("max(qdrant_cluster_pending_operations_total)", "changes that wait"),
                ],
            ),
            Lines(
                title="Vectors",
                description="Vectors in each collection on all nodes, copies included.",
                unit="short",
                queries=[Query("sum by (collection) (qdrant_collection_vectors)", "{{collection}}")],
            ),
            Lines(
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
                levels=((0.01, "red"),),
            ),
        ],
    )


def _volumes() -> Row:
    return Row(
        "Volumes",
        [
            Lines(
                title="Used",
                description="Share of each volume that is used. A disk grows by its key in the stack file.",
                unit="percentunit",
                queries=[
                    Query(
                        f"max by (namespace, persistentvolumeclaim) ({_VOLUME_USED})",
                        "{{namespace}}/{{persistentvolumeclaim}}",
                    )
                ],
                levels=_FULL,
                span=12,
            ),
            Lines(
                title="Full in four days",
                description="What would be free in four days if each volume fills as in the last six hours; zero and "
                "below is full.",
                unit="bytes",
                queries=[
                    Query(
                        "min by (namespace, persistentvolumeclaim) "
                        "(predict_linear(kubelet_volume_stats_available_bytes[6h], 345600)) < 1e10",
                        "{{namespace}}/{{persistentvolumeclaim}}",
                    )
                ],
                span=12,
            ),
        ],
    )


def _pods() -> Row:
    return Row(
        "Pods",
        [
            Lines(
                title="Not ready, by pod",
                description="Pods that should serve and don't.",
                unit="short",
                queries=[Query(f"max by (namespace, pod) ({_UNREADY_PODS})", "{{namespace}}/{{pod}}")],
            ),
            Lines(
                title="Restarts, by pod",
                description="Restarts in the hour before.",
                unit="short",
                queries=[
                    Query(
                        "sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total[1h])) > 0",
                        "{{namespace}}/{{pod}}",
                    )
                ],
            ),
            Lines(
                title="Memory against its limit",
                description="Working set of containers as a share of their limit; only those above 80 %. At 100 % the "
                "kernel ends them.",
                unit="percentunit",
                queries=[
                    Query(
                        "max by (namespace, pod, container) (container_memory_working_set_bytes) "
                        "/ max by (namespace, pod, container) "
                        '(kube_pod_container_resource_limits{resource="memory"}) > 0.8',
                        "{{namespace}}/{{pod}}/{{container}}",
                    )
                ],
                levels=((0.95, "red"),),
            ),
        ],
    )


def _nodes() -> Row:
    return Row(
        "Nodes",
        [
            Lines(
                title="Processors busy",
                description="Share of each machine's processors that is not idle.",
                unit="percentunit",
                queries=[
                    Query(
                        '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))',
                        "{{instance}}",
                    )
                ],
            ),
            Lines(
                title="Memory used",
                description="Share of each machine's memory that nothing else could have.",
                unit="percentunit",
                queries=[
                    Query(
                        "max by (instance) (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)",
                        "{{instance}}",
                    )
                ],
                levels=((0.9, "red"),),
            ),
            Lines(
                title="Disk of the machine used",
                description="Share of the machine's own disk: images, logs and what pods write beside their volumes.",
                unit="percentunit",
                queries=[
                    Query(
                        'max by (instance) (1 - node_filesystem_avail_bytes{mountpoint="/"} '
                        '/ node_filesystem_size_bytes{mountpoint="/"})',
                        "{{instance}}",
                    )
                ],
                levels=_FULL,
            ),
        ],
    )
