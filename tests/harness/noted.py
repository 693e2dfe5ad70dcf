"""What a store's job notes of a snapshot, written by the program of the job."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest.mock import Mock

from components.foundation.jobkit import record

NAME = "the-newest-snapshot"


def noted(label: str, finished: datetime | None = None) -> dict[str, str]:
    """Return the content of the ConfigMap after one whole snapshot."""
    kubernetes = Mock()
    kubernetes.config_map.return_value = None
    when = finished or datetime(2026, 1, 2, tzinfo=UTC)
    snapshot = record.Snapshot(store=label, name=NAME, finished=when, duration_seconds=1, size_bytes=1, complete=True)
    record.write(kubernetes, "", "", snapshot)
    return kubernetes.write_config_map.call_args.args[-1]
