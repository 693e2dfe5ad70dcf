"""What agent and gateway have in common as processes: memory, health, own metrics, own logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.settings.quantities import Bytes

OTLP_GRPC = 4317
OTLP_HTTP = 4318
METRICS = 8888
HEALTH = 13133

CONFIGURATION_FILE = "collector.yaml"
CONFIGURATION_FOLDER = "/etc/ballast/collector"

STORAGE = "file_storage"
"""Name of the extension that keeps queues and reading positions on a disk."""

GO_SHARE = 0.8
"""Share of the container's memory at which Go's garbage collector does all it can (observability, 2.4)."""

EVERYWHERE = ""
"""For Go every address of the pod, of IPv4 and of IPv6, whichever it has; network policies say who reaches it."""

MEMORY_LIMITER: dict[str, Any] = {
    # Left out it would be 0s, which is never (observability, 2.4).
    "check_interval": "1s",
    # Of the container's limit. From 60 % on (80 - 20) clients are told to come again later; nothing is dropped.
    "limit_percentage": 80,
    "spike_limit_percentage": 20,
}


def storage(folder: str) -> dict[str, Any]:
    """Return the extension that keeps queues and positions in a folder.

    Args:
        folder: on a disk that outlives the process.
    """
    return {
        "directory": folder,
        "create_directory": True,
        # A file that is found corrupt is set aside under another name, and the collector starts all the same.
        "recreate": True,
        # A file that grew while a backend was away gives its space back once it is nearly empty.
        "compaction": {"directory": folder, "on_rebound": True, "cleanup_on_start": True},
    }


def otlp(*, http: bool) -> dict[str, Any]:
    """Return the receiver of OTLP by gRPC, and by HTTP too where applications are the clients."""
    grpc = {
        "endpoint": f"{EVERYWHERE}:{OTLP_GRPC}",
        "max_recv_msg_size_mib": 16,
        # Whoever connects anew asks who is there: a gateway that was added gets its share.
        "keepalive": {"server_parameters": {"max_connection_age": "2m", "max_connection_age_grace": "30s"}},
    }
    return {"protocols": {"grpc": grpc, **({"http": {"endpoint": f"{EVERYWHERE}:{OTLP_HTTP}"}} if http else {})}}


def service(pipelines: Mapping[str, Any]) -> dict[str, Any]:
    """Return the section that puts everything together."""
    reader = {"pull": {"exporter": {"prometheus": {"host": EVERYWHERE, "port": METRICS}}}}
    return {
        "extensions": ["health_check", STORAGE],
        "pipelines": dict(pipelines),
        "telemetry": {
            "metrics": {"level": "normal", "readers": [reader]},
            "logs": {"level": "info", "encoding": "json"},
        },
    }


def extensions(folder: str) -> dict[str, Any]:
    """Return the extensions of both."""
    return {"health_check": {"endpoint": f"{EVERYWHERE}:{HEALTH}"}, STORAGE: storage(folder)}


def container(
    *, image: str, cpu: str, memory: Bytes, ports: Mapping[str, int], mounts: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """Return the container; the image has no shell and knows no other way to be told where its configuration is."""
    probe = {"httpGet": {"path": "/", "port": "health"}, "periodSeconds": 10}
    return {
        "name": "collector",
        "image": image,
        "args": [f"--config={CONFIGURATION_FOLDER}/{CONFIGURATION_FILE}"],
        "env": [{"name": "GOMEMLIMIT", "value": str(int(memory * GO_SHARE))}],
        "ports": [{"name": name, "containerPort": number} for name, number in ports.items()],
        "resources": {"requests": {"cpu": cpu, "memory": memory.kubernetes}, "limits": {"memory": memory.kubernetes}},
        "readinessProbe": probe,
        "livenessProbe": {**probe, "failureThreshold": 6},
        "volumeMounts": [
            {"name": "configuration", "mountPath": CONFIGURATION_FOLDER, "readOnly": True},
            *mounts,
        ],
    }
