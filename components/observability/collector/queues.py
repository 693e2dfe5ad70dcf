"""Queues between the collector and its backends: on a disk, one for each, so that none waits for another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.observability.collector.process import STORAGE

if TYPE_CHECKING:
    from components.settings.quantities import Bytes

USABLE = 0.6
"""Share of a disk that queues may fill. A file gives space back by being copied, and that copy needs room too."""

SMALLEST_BATCH = 256 * 1024
LARGEST_BATCH = 3 * 1024 * 1024
"""Receivers take 4 MiB at most by gRPC unless told otherwise, and a larger batch would be refused for good."""

FOR_EVER = "0s"
"""For how long is tried again: until it is taken. The queue's size is what ends it."""

TRACES_WAIT = "15m"
"""For how long an agent tries to send spans. One gateway that fails has the whole batch sent again, also to those that
took their part, so not for ever; a gateway whose node is lost stands on another one by then, with its volume."""

OUT_OF_ORDER_WINDOW = "30m"
"""Prometheus refuses samples that are older than that, so they are not kept for longer."""


def queue_size(disk: Bytes, queues: int) -> int:
    """Return the bytes that each of so many queues on a disk may hold."""
    return int(disk * USABLE / queues)


def sending(size: int, *, try_for: str = FOR_EVER, largest: int = LARGEST_BATCH) -> dict[str, Any]:
    """Return the part of an exporter that queues, batches and tries again.

    Args:
        size: bytes that the queue may hold. When they are used up, what comes is refused: logs and metrics are kept
            by the agent meanwhile, traces are lost and counted in `otelcol_exporter_enqueue_failed_spans`.
        try_for: how long a batch is tried; `0s` is for ever.
        largest: bytes of a batch.
    """
    return {
        "timeout": "30s",
        "retry_on_failure": {
            "enabled": True,
            "initial_interval": "1s",
            "max_interval": "30s",
            "max_elapsed_time": try_for,
        },
        "sending_queue": {
            "enabled": True,
            "storage": STORAGE,
            "sizer": "bytes",
            "queue_size": size,
            # A backend that is away must never hold up the others that get the same data.
            "block_on_overflow": False,
            "num_consumers": 4,
            "batch": {"sizer": "bytes", "flush_timeout": "1s", "min_size": SMALLEST_BATCH, "max_size": largest},
        },
    }
