"""Which traces are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.observability.collector.settings import LONGEST_TRACE

if TYPE_CHECKING:
    from components.observability.collector.settings import CollectorSettings

TRACE_BYTES = 16 * 1024
"""Room that a waiting trace takes: about ten spans of a kilobyte and what the program keeps beside them. A guess."""

WAITING_SHARE = 0.25
"""Share of the gateway's memory for traces that wait; below it the memory limiter sets in at 60 %."""

REMEMBERED = 4
"""Decisions remembered for each trace that can wait, so that a late span shares its trace's fate."""


def tail_sampling(settings: CollectorSettings) -> dict[str, Any]:
    """Return the processor that waits for a trace's root, which ends last, and then judges it as a whole."""
    traces = int(settings.gateway.memory * WAITING_SHARE / TRACE_BYTES)
    return {
        "decision_wait": LONGEST_TRACE.text,
        "decision_wait_after_root_received": settings.sampling.wait.text,
        "num_traces": traces,
        "decision_cache": {
            "sampled_cache_size": REMEMBERED * traces,
            "non_sampled_cache_size": REMEMBERED * traces,
        },
        # A trace is kept when any of them says so.
        "policies": [
            {"name": "errors", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}},
            {"name": "slow", "type": "latency", "latency": {"threshold_ms": settings.sampling.slow * 1000}},
            {
                "name": "share",
                "type": "probabilistic",
                "probabilistic": {"sampling_percentage": settings.sampling.percent},
            },
        ],
    }
