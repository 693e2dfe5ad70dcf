"""Files of Data Prepper, and what the OpenSearch cluster must know of the logs that it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.settings.quantities import Bytes
from components.stores.opensearch.users import LOGS_USER

if TYPE_CHECKING:
    from components.stores.opensearch.log_pipeline_settings import DataPrepperSettings

LOGS_ROLE = "ballast_logs"
OTLP_PORT = 21892
METRICS_PORT = 4900
AUTHORITY = "/etc/ballast/authority/ca.crt"

BUFFERED = 25_600
"""Most records in memory, and so in one request; a crash loses them, and nothing more. Twice Data Prepper's default, so
that the gateway's batches, which are counted in bytes, always fit."""

DRAIN_SECONDS = 30
"""How long what is in memory may take to reach the OpenSearch cluster before the process ends."""

PARSED_CHARACTERS = 10_000
"""Longest body that is parsed. OpenSearch refuses a whole log when one of its parsed values has more than 32766 bytes
(seen on 3.3), and a character has at most three; a longer body is still found by its words."""

CONSOLE_LOGGING = """\
status = error
name = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %c{1} - %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
logger.dataprepper.name = org.opensearch.dataprepper
logger.dataprepper.level = info
"""
"""Data Prepper's start script names a file that also writes to disk, and the root file system is read-only."""


def pipelines(settings: DataPrepperSettings, opensearch_url: str, password: str) -> dict[str, Any]:
    """Return the one pipeline. It holds the password, because Data Prepper 2 reads secrets from nowhere else.

    Args:
        settings: whose index is written to.
        opensearch_url: where the OpenSearch cluster answers.
        password: of the user `logs`.
    """
    return {
        "version": "2",
        "logs": {
            "workers": 2,
            "delay": 1000,
            "source": {
                "otel_logs_source": {
                    "port": OTLP_PORT,
                    "ssl": False,
                    "health_check_service": True,
                    "unframed_requests": True,
                    "compression": "none",
                }
            },
            "buffer": {"bounded_blocking": {"buffer_size": BUFFERED, "batch_size": 400}},
            # A body that is no JSON stays as it is; the trace's id is a field of its own already.
            "processor": [
                {
                    "parse_json": {
                        "source": "body",
                        "destination": "parsed",
                        "parse_when": f"length(/body) <= {PARSED_CHARACTERS}",
                        "handle_failed_events": "skip_silently",
                    }
                }
            ],
            "sink": [
                {
                    "opensearch": {
                        "hosts": [opensearch_url],
                        "cert": AUTHORITY,
                        "username": LOGS_USER,
                        "password": password,
                        # The configure job owns templates and lifecycles; two owners would undo each other's work.
                        "index_type": "management_disabled",
                        "index": f"{settings.index}-%{{yyyy.MM.dd}}",
                        "bulk_size": 10,
                        "flush_timeout": 5000,
                    }
                }
            ],
        },
    }


def server(settings: DataPrepperSettings) -> dict[str, Any]:
    """Return data-prepper-config.yaml: the port of probes and metrics, and when no more is taken in."""
    return {
        "ssl": False,
        "server_port": METRICS_PORT,
        "authentication": {"unauthenticated": None},
        "metric_registries": ["Prometheus"],
        # Above it senders are told to wait; they queue on disk, and the heap holds.
        "circuit_breakers": {"heap": {"usage": f"{_mebibytes(heap(settings)) * 7 // 10}mb"}},
        "processor_shutdown_timeout": f"{DRAIN_SECONDS}s",
        "sink_shutdown_timeout": f"{DRAIN_SECONDS}s",
    }


def heap(settings: DataPrepperSettings) -> Bytes:
    """Return the size of the heap in bytes: half of the memory; buffers outside the heap take as much."""
    return Bytes(settings.memory // 2)


def java_options(settings: DataPrepperSettings) -> str:
    """Return options of the Java runtime."""
    size = _mebibytes(heap(settings))
    return f"-Xms{size}m -Xmx{size}m -XX:+ExitOnOutOfMemoryError"


def stop_command(port: int = METRICS_PORT) -> list[str]:
    """Return what ends the process without losing logs: a signal kills it with its buffer, a request drains it first.

    The request is answered when all is written. The image has bash, and perhaps nothing that speaks HTTP.
    """
    request = (
        f"POST /shutdown?bufferReadTimeout=1s&bufferDrainTimeout={DRAIN_SECONDS}s HTTP/1.0\\r\\n"
        "Content-Length: 0\\r\\n\\r\\n"
    )
    return ["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{port} && printf '{request}' >&3 && read -r <&3"]


def log_role(settings: DataPrepperSettings) -> dict[str, Any]:
    """Return what the user `logs` may do: make today's index and write to it; neither read nor delete."""
    return {
        "cluster_permissions": ["cluster:monitor/main", "indices:data/write/bulk"],
        "index_permissions": [
            {
                "index_patterns": [f"{settings.index}-*"],
                "allowed_actions": [
                    "indices:admin/create",
                    "indices:admin/mapping/auto_put",
                    "indices:data/write/bulk*",
                    "indices:data/write/index",
                ],
            }
        ],
    }


def log_mappings() -> dict[str, Any]:
    """Return how fields of a log are found: these by their type, all else as one object of texts.

    Nothing that an application writes adds a field: attributes of a thousand kinds would fill the cluster's state, and
    two applications that write a number and a text under one name would refuse each other's logs.
    """
    keyword = {"type": "keyword", "ignore_above": 1024}
    moment = {"type": "date_nanos"}
    # Data Prepper writes attributes at the top, with @ in place of dots.
    resource = ("service@namespace", "deployment@environment@name", "k8s@cluster@name", "k8s@namespace@name")
    resource += ("k8s@pod@name", "k8s@container@name", "k8s@node@name")
    return {
        "dynamic": False,
        "properties": {
            "time": moment,
            "observedTimestamp": moment,
            "traceId": keyword,
            "spanId": keyword,
            "severityNumber": {"type": "integer"},
            "severityText": keyword,
            "serviceName": keyword,
            "body": {"type": "text"},
            "parsed": {"type": "flat_object"},
            "resource": {"properties": {"attributes": {"properties": dict.fromkeys(resource, keyword)}}},
        },
    }


def _mebibytes(size: int) -> int:
    return size // 2**20
