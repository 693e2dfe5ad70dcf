"""What every node of Qdrant reads when it starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from components.stores.qdrant.settings import QdrantSettings

HTTP_PORT = 6333
GRPC_PORT = 6334
P2P_PORT = 6335
METRICS_PORT = 6336
HOME = "/qdrant"
STORAGE = f"{HOME}/storage"
SNAPSHOTS = f"{HOME}/snapshots"
TEMPORARY = f"{SNAPSHOTS}/.tmp"
TLS = "/etc/ballast/tls"

MEMORY_PERCENT = 80
"""Share of memory in resident use from which writes are refused: above it trouble begins (search-stores, "Sizing")."""

DISK_PERCENT = 85
"""Share of the disk from which writes are refused: a full one can't even delete (search-stores 3b, row 8)."""


def quotas() -> dict[str, Any]:
    """Return the limits that keep a node able to answer; the file seeds them once, later the configure job does."""
    return {
        "enabled": True,
        "max_resident_memory_percent": MEMORY_PERCENT,
        "max_disk_usage_percent": DISK_PERCENT,
    }


def node_configuration(settings: QdrantSettings, host: str) -> str:
    """Return production.yaml, the same for every node, which listens at `host`; keys are in a file of their own."""
    lines: dict[str, Any] = {
        "log_level": "INFO",
        "telemetry_disabled": True,
        "service": {
            "host": host,
            "http_port": HTTP_PORT,
            "grpc_port": GRPC_PORT,
            "enable_tls": True,
            # Kubelets bring no certificate to a probe; who may do what is decided by keys.
            "verify_https_client_certificate": False,
            # Peers too must show the key: the p2p port would otherwise believe everybody.
            "enforce_internal_auth": True,
            # A snapshot is uploaded, never fetched by the server from an address that somebody gives it.
            "enable_snapshot_url_recovery": False,
            # Metrics without any key, on a port that only the metrics' collector is let in to.
            "metrics_port": METRICS_PORT,
            "metrics_prefix": "qdrant_",
        },
        "cluster": {
            # With one node too: a second one could otherwise never join.
            "enabled": True,
            "p2p": {"port": P2P_PORT, "enable_tls": True},
        },
        "storage": {
            "storage_path": STORAGE,
            "snapshots_path": SNAPSHOTS,
            # Archives are built where there is room for them, not beside the data.
            "temp_path": TEMPORARY,
            "quotas": quotas(),
            "collection": {
                "replication_factor": settings.replication,
                "write_consistency_factor": write_consistency(settings.replication),
            },
        },
        "tls": {"cert": f"{TLS}/tls.crt", "key": f"{TLS}/tls.key", "ca_cert": f"{TLS}/ca.crt", "cert_ttl": 3600},
    }
    return yaml.safe_dump(lines, sort_keys=False)


def write_consistency(replication: int) -> int:
    """Return how many copies must have taken a write: a majority of three and more.

    With two copies one is enough, because two would stop all writes whenever a node restarts.
    """
    majority_from = 3
    return replication // 2 + 1 if replication >= majority_from else 1


def scripts() -> dict[str, str]:
    """Return the script that starts a node."""
    folder = Path(__file__).parent / "scripts"
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sh"))}
