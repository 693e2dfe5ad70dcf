"""Loki's configuration: what is kept for how long, by which labels it is found, and what one sender may not exceed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.observability.loki.settings import FOLDER

if TYPE_CHECKING:
    from components.observability.loki.settings import LogStreamSettings, LokiSettings
    from components.settings.bucket import BucketSettings, PlaceSince
    from components.settings.quantities import Bytes, Duration

PORT = 3100
GRPC_PORT = 9095
DATA = "/var/loki"

LABELS = (
    "service.name",
    "service.namespace",
    "deployment.environment.name",
    "k8s.namespace.name",
    "k8s.cluster.name",
    "k8s.container.name",
)
"""The resource attributes that are index labels. Each combination of values is a stream with chunks of its own, so
pods, instances and trace ids are never among them; they are found as structured metadata (observability, failure 3)."""

REPLAY_SHARE = 0.75
"""Of the memory, what reading the write-ahead log anew may take before chunks are flushed (observability, 2.2)."""

QUERY_SECONDS = 300
"""How long a query may run: one over the longest retention takes minutes."""

MESSAGE_BYTES = 100 * 2**20
"""Largest message between Loki's own parts; the server's default of 4 MB is less than its own client sends."""


def loki_configuration(settings: LokiSettings, *, data: str = DATA) -> dict[str, Any]:
    """Return Loki's configuration file.

    One process with all parts, which talk to each other over loopback.

    Args:
        settings: sizes, retention, streams, bucket.
        data: folder of the volume.
    """
    periods = [
        {
            "from": place.since,
            "store": "tsdb",
            "schema": "v13",
            "object_store": _store(settings, place),
            "index": {"prefix": "index_", "period": "24h"},
        }
        for place in settings.places
    ]
    return {
        "target": "all",
        "auth_enabled": False,
        "analytics": {"reporting_enabled": False},
        "server": {
            "http_listen_port": PORT,
            "grpc_listen_address": "127.0.0.1",
            "grpc_listen_port": GRPC_PORT,
            "grpc_server_max_recv_msg_size": MESSAGE_BYTES,
            "grpc_server_max_send_msg_size": MESSAGE_BYTES,
            # The defaults of 30 s would cut off a query that may run for longer.
            "http_server_read_timeout": f"{QUERY_SECONDS + 10}s",
            "http_server_write_timeout": f"{QUERY_SECONDS + 10}s",
            "log_level": "info",
        },
        "common": {
            "path_prefix": data,
            "replication_factor": 1,
            "instance_addr": "127.0.0.1",
            "ring": {"kvstore": {"store": "inmemory"}},
        },
        "schema_config": {"configs": periods},
        "storage_config": {
            "use_thanos_objstore": True,
            "object_store": _object_store(settings, data),
            "tsdb_shipper": {
                "active_index_directory": f"{data}/index",
                "cache_location": f"{data}/index-cache",
            },
        },
        "compactor": {
            "working_directory": f"{data}/compactor",
            "compaction_interval": "10m",
            "retention_enabled": True,
            "retention_delete_delay": "2h",
            # Without it retention stays a wish and the disk fills (observability, failure 4).
            # That of the first period, which is never a named store: Loki finds none of those here.
            "delete_request_store": periods[0]["object_store"],
        },
        "ingester": {
            "wal": {
                "enabled": True,
                "dir": f"{data}/wal",
                "flush_on_shutdown": True,
                "replay_memory_ceiling": _megabytes(settings.memory * REPLAY_SHARE),
            }
        },
        **_caches(settings.memory),
        "limits_config": _limits(settings),
    }


def longest_retention(settings: LokiSettings) -> Duration:
    """Return the longest time that any log is kept, in seconds."""
    return max([settings.retention, *(stream.retention for stream in settings.streams.values())])


def selector(stream: LogStreamSettings) -> str:
    """Return the stream selector for logs of a namespace, a service, or a service in a namespace.

    Loki writes a label's name with underscores where the attribute has dots.
    """
    matchers = {"k8s_namespace_name": stream.namespace, "service_name": stream.service}
    return "{" + ", ".join(f'{label}="{value}"' for label, value in matchers.items() if value is not None) + "}"


def _store(settings: LokiSettings, place: PlaceSince) -> str:
    """Name of a place's object store: the first bucket is Loki's own `s3`, and each further one is a named store."""
    if place.bucket is None:
        return "filesystem"
    number = [bucket.place for bucket in settings.buckets].index(place.bucket.place)
    return f"s3-{number}" if number else "s3"


def _object_store(settings: LokiSettings, data: str) -> dict[str, Any]:
    stores: dict[str, Any] = {"storage_prefix": settings.buckets[0].base_path if settings.buckets else FOLDER}
    if any(place.bucket is None for place in settings.places):
        stores["filesystem"] = {"dir": f"{data}/chunks"}
    clients = {_store(settings, place): _client(place.bucket) for place in settings.places if place.bucket is not None}
    if "s3" in clients:
        stores["s3"] = clients.pop("s3")
    return stores | ({"named_stores": {"s3": clients}} if clients else {})


def _client(bucket: BucketSettings) -> dict[str, Any]:
    return {
        "endpoint": bucket.host,
        "region": bucket.region,
        "bucket_name": bucket.bucket,
        # The way out is opened for addresses of the VPC's endpoints, which have no second name.
        "dualstack_enabled": False,
        # Other storages than AWS know buckets by path only.
        **({"bucket_lookup_type": "path", "insecure": bucket.is_plain} if bucket.endpoint else {}),
    }


def _caches(memory: Bytes) -> dict[str, Any]:
    """Caches lie in the process; by default each takes 100 MB or more, which is a fifth of a small pod."""

    def embedded(share: float) -> dict[str, Any]:
        return {"embedded_cache": {"enabled": True, "max_size_mb": int(memory * share) // 2**20, "ttl": "1h"}}

    return {
        "chunk_store_config": {"chunk_cache_config": embedded(0.1)},
        "query_range": {"cache_results": True, "results_cache": {"cache": embedded(0.03)}},
    }


def _limits(settings: LokiSettings) -> dict[str, Any]:
    longest = longest_retention(settings)
    return {
        "retention_period": _hours(settings.retention),
        "retention_stream": [
            # A service in a namespace says more than either alone, so it wins.
            {
                "selector": selector(stream),
                "priority": 1 if None in (stream.namespace, stream.service) else 2,
                "period": _hours(stream.retention),
            }
            for stream in settings.streams.values()
        ],
        # Loki knows no users, so whoever reaches the port may ask for lines to be deleted: they are hidden, until the
        # request is withdrawn, and never removed. `disabled` would write a warning for each part of each query.
        "deletion_mode": "filter-only",
        # The default of 30d1h would refuse a look at all that is kept.
        "max_query_length": _hours(longest, more=1),
        "max_query_lookback": _hours(longest, more=1),
        "query_timeout": f"{QUERY_SECONDS}s",
        "max_query_series": 500,
        "max_entries_limit_per_query": 5000,
        "reject_old_samples": True,
        "reject_old_samples_max_age": "168h",
        "ingestion_rate_strategy": "local",
        "ingestion_rate_mb": 16,
        # Above the largest batch that a collector sends after its queue has waited.
        "ingestion_burst_size_mb": 32,
        "per_stream_rate_limit": "8MB",
        "per_stream_rate_limit_burst": "24MB",
        "max_global_streams_per_user": 5000,
        "max_label_names_per_series": len(LABELS) + 2,
        "max_line_size": "256KB",
        "max_line_size_truncate": True,
        "allow_structured_metadata": True,
        "max_structured_metadata_size": "64KB",
        "max_structured_metadata_entries_count": 128,
        "volume_enabled": True,
        # A log without service.name is found by its container.
        "discover_service_name": ["k8s_container_name"],
        "otlp_config": {
            "resource_attributes": {
                "ignore_defaults": True,
                "attributes_config": [{"action": "index_label", "attributes": list(LABELS)}],
            }
        },
    }


def _hours(span: Duration, *, more: int = 0) -> str:
    """Whole hours: Go's durations know no days."""
    return f"{span // 3600 + more}h"


def _megabytes(size: float) -> str:
    return f"{int(size) // 2**20}MB"
