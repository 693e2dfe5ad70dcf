"""Tempo's configuration: what is kept for how long, which metrics are made of it, and what a sender may not exceed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.observability.collector.settings import LONGEST_TRACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.observability.tempo.settings import TempoSettings
    from components.settings.quantities import Duration

PORT = 3200
OTLP_PORT = 4317
GRPC_PORT = 9095
DATA = "/var/tempo"

ACTIVE_SERIES = 20_000
"""Most series made of traces at once; more would come from a label with unbounded values (observability, failure 1)."""

LABEL_VALUES = 500
"""Most values of one label of these series, above which it is replaced."""

TRACE_BYTES = 5_000_000
"""Largest trace that is kept; Tempo's own default."""

QUEUED = 60
"""Seconds that spans may take from the gateway's decision until they are here. What was queued for longer, because
Tempo was away, is kept and not counted."""

INGESTED_BYTES = 30_000_000
"""Bytes of spans per second, and at once; above the largest batch of a collector, because a refused one is lost."""


def tempo_configuration(
    settings: TempoSettings, prometheus_urls: Sequence[str], environment: str, *, ipv6: bool = False, data: str = DATA
) -> dict[str, Any]:
    """Return Tempo's configuration file.

    One process with all parts; Tempo 3 supports exactly one of that kind, and then needs no queue outside.

    Args:
        settings: sizes, retention, bucket.
        prometheus_urls: base URLs of every replica of Prometheus: they don't share what is pushed to one of them.
        environment: label of the metrics that are made of traces.
        ipv6: whether the pod's first address is one of IPv6.
        data: folder of the volume.
    """
    retention = _hours(settings.retention)
    # Each finds its own address by itself, of IPv4 unless it is told.
    ring = {"ring": {"enable_inet6": True}} if ipv6 else {}
    return {
        "target": "all",
        "stream_over_http_enabled": True,
        "usage_report": {"reporting_enabled": False},
        "memory": {"automemlimit_enabled": True},
        "server": {
            "http_listen_port": PORT,
            "grpc_listen_port": GRPC_PORT,
            "log_level": "info",
        },
        # By default it listens where only its own pod reaches it.
        "distributor": {"receivers": {"otlp": {"protocols": {"grpc": {"endpoint": f":{OTLP_PORT}"}}}}},
        "live_store": {
            "wal": {"path": f"{data}/live-store/traces"},
            "shutdown_marker_dir": f"{data}/live-store/shutdown-marker",
            **ring,
        },
        "backend_scheduler": {"local_work_path": f"{data}/scheduler"},
        # Deletion is driven by these two alone. The scheduler has a key of the same name that deletes nothing.
        "backend_worker": {"compaction": {"block_retention": retention}},
        "overrides": {"defaults": {"compaction": {"block_retention": retention}, **_limits()}},
        # By default no search reaches back further than a week, however long traces are kept.
        "query_frontend": {"search": {"max_duration": retention}},
        "metrics_generator": {
            **ring,
            # Spans wait at the gateway until their trace is judged. By default no metric is made of those that ended
            # more than 30 s ago, so that long traces would be missing, and the service map empty.
            "metrics_ingestion_time_range_slack": f"{LONGEST_TRACE + QUEUED}s",
            "registry": {"external_labels": {"environment": environment, "source": "tempo"}},
            "storage": {
                "path": f"{data}/generator",
                "remote_write_add_org_id_header": False,
                "remote_write": [{"url": f"{url}/api/v1/write", "send_exemplars": True} for url in prometheus_urls],
            },
        },
        "storage": {"trace": {"wal": {"path": f"{data}/wal"}, **_backend(settings, data)}},
    }


def _backend(settings: TempoSettings, data: str) -> dict[str, Any]:
    bucket = settings.s3
    if bucket is None:
        return {"backend": "local", "local": {"path": f"{data}/blocks"}}
    return {
        "backend": "s3",
        "s3": {
            "bucket": bucket.bucket,
            "prefix": bucket.base_path,
            "endpoint": bucket.host,
            "region": bucket.region,
            # Other storages than AWS know buckets by path only.
            **({"forcepathstyle": True, "insecure": bucket.is_plain} if bucket.endpoint else {}),
        },
    }


def _limits() -> dict[str, Any]:
    return {
        "ingestion": {
            "rate_strategy": "local",
            "rate_limit_bytes": INGESTED_BYTES,
            "burst_size_bytes": INGESTED_BYTES,
            "max_traces_per_user": 10_000,
        },
        "global": {"max_bytes_per_trace": TRACE_BYTES},
        "metrics_generator": {
            "processors": ["service-graphs", "span-metrics"],
            "max_active_series": ACTIVE_SERIES,
            "max_cardinality_per_label": LABEL_VALUES,
        },
    }


def _hours(span: Duration) -> str:
    """Whole hours, and seconds where that is not exact: Go's durations know no days."""
    return f"{span // 3600}h" if span % 3600 == 0 else f"{int(span)}s"
