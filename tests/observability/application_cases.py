"""The numbers that the five systems ask for, each with the alert of the example that keeps it.

Numbers are written by hand, out of what was required: neither the stack file nor the rule is asked for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.harness.alert_timelines import Case

if TYPE_CHECKING:
    from collections.abc import Mapping

JUST = 0.001
"""How far beyond a limit, and how far below it, is played."""


@dataclass(frozen=True)
class Limit:
    """A limit.

    Attributes:
        requirement: who asks for it.
        recorded: the series that is compared.
        labels: that the series has beside those of the application.
        value: the limit.
        after: how long it lasts.
        below: whether it is bad to be below it.
    """

    requirement: str
    recorded: str
    value: float
    after: str = ""
    below: bool = False
    labels: Mapping[str, str] | None = None


FAIL, SLOW, FEW = "calls_failed:ratio5m", "calls_seconds:quantile5m", "calls:rate5m"
UP, POOL = "pods_available:max", "pool_used:ratio"
LIMITS = {
    "ApplicationCallsFail workflows runs warning": Limit("M6", FAIL, 0.05, "5m"),
    "ApplicationCallsSlow workflows search 0.95 warning": Limit("M6", SLOW, 1, "5m"),
    "ApplicationCallsSlow workflows tools 0.95 warning": Limit("M7", SLOW, 60, "10m"),
    "ApplicationDown orchestrator orchestrator critical": Limit("O4", UP, 1, "1m", below=True),
    "ApplicationDown orchestrator reflex critical": Limit("O4", UP, 1, "1m", below=True),
    "ApplicationUptimeLow orchestrator orchestrator warning": Limit("O4", "uptime:ratio1d", 0.95, "5m", below=True),
    "ApplicationUptimeLow orchestrator reflex warning": Limit("O4", "uptime:ratio1d", 0.95, "5m", below=True),
    "ApplicationCallsFew orchestrator tasks warning": Limit("O4", FEW, 10 / 60, "10m", below=True),
    "ApplicationCallsFail orchestrator tasks warning": Limit("O4", FAIL, 0.05, "5m"),
    "ApplicationCallsSlow orchestrator tasks 0.95 warning": Limit("O4", SLOW, 30, "5m"),
    "ApplicationCallsFail orchestrator timeouts warning": Limit("O4", FAIL, 0.1, "5m"),
    "ApplicationCallsFail orchestrator arms warning": Limit("O4", FAIL, 0.05, "5m"),
    "ApplicationCallsSlow orchestrator queries 0.99 warning": Limit("O4", SLOW, 10, "5m"),
    "ApplicationCallsFail orchestrator models warning": Limit("O4", FAIL, 0.05, "5m"),
    "ApplicationLag orchestrator replication warning": Limit("O4", "queue_oldest_seconds:max", 60, "5m"),
    "ApplicationPoolUsed orchestrator connections warning": Limit("O4", POOL, 0.9, "5m"),
    "ApplicationPoolUsed orchestrator connections critical": Limit("O4", POOL, 0.99, "5m"),
    "ApplicationBusy orchestrator pods warning": Limit("O4", "cpu_used:ratio", 0.8, "10m"),
    "ApplicationMemoryHigh orchestrator pods warning": Limit("O4", "memory_used:ratio", 0.9, "5m"),
    "ModelSpendDay orchestrator models warning": Limit("O4", "spend_dollars:1d", 500, "5m"),
    "ModelSpendMonth orchestrator models critical": Limit("O4", "spend_dollars:30d", 10_000, "5m"),
    "ModelSpendJump orchestrator models warning": Limit("O4", "spend_dollars:against_average", 2, "5m"),
    "ModelPriceUnknown orchestrator models warning": Limit(
        "O4", "tokens_unpriced:rate1h", 0, "15m", labels={"gen_ai_request_model": "new"}
    ),
    "ApplicationCallsFail knowledge queries warning": Limit("K3", FAIL, 0.01, "5m"),
    "ApplicationCallsSlow knowledge queries 0.5 warning": Limit("K4", SLOW, 0.02, "10m"),
    "ApplicationCallsSlow knowledge queries 0.99 warning": Limit("K3", SLOW, 0.15, "5m"),
    "ApplicationCallsSlow knowledge queries 0.99 critical": Limit("K3", SLOW, 0.5, "2m"),
    "ApplicationCacheMisses knowledge embeddings warning": Limit("K3", "cache_hits:ratio5m", 0.5, "10m", below=True),
    "ApplicationQuality knowledge ndcg warning": Limit("K4", "quality:avg", 0.9, "1h", below=True),
    "ApplicationQuality knowledge mrr warning": Limit("A2", "quality:avg", 0.8, "1h", below=True),
    "ApplicationQuality knowledge drift warning": Limit("A2", "quality:avg", 0.2, "1h"),
    "ApplicationDegraded knowledge mode warning": Limit("K3", "degraded:max", 0),
    "ApplicationDown life web critical": Limit("L2", UP, 1, "2m", below=True),
    "ApplicationDown life worker critical": Limit("L2", UP, 1, "2m", below=True),
    "ApplicationCallsFew life web warning": Limit("L7", FEW, 100, "10m", below=True),
    "ApplicationCallsFail life web warning": Limit("L2", FAIL, 0.05, "5m"),
    "ApplicationCallsSlow life web 0.95 warning": Limit("L2", SLOW, 1, "5m"),
    "ApplicationCallsFail life jobs warning": Limit("L2", FAIL, 0.05, "5m"),
    "ApplicationBacklog life worker warning": Limit("L2", "queue_waiting:max", 1000, "10m"),
    "ApplicationLag life worker warning": Limit("L7", "queue_oldest_seconds:max", 60, "5m"),
    "ApplicationPoolUsed life database warning": Limit("L2", "pool_used:sum", 150, "5m"),
    "ApplicationBusy life pods warning": Limit("L2", "cpu_used:ratio", 0.8, "5m"),
    "ApplicationMemoryHigh life pods warning": Limit("L2", "memory_used:ratio", 0.8, "5m"),
}
"""By alert, application, signal, quantile where there is one, and severity."""


def case(name: str) -> Case:
    """Return what makes an alert of the list fire, and what only just does not.

    The same figure of another application, and another figure of the same signal, are bad all the time.
    """
    limit = LIMITS[name]
    _, application, signal, *quantile, _ = name.split()
    labels = {"application": application, "signal": signal, **({"quantile": quantile[0]} if quantile else {})}
    by = (1 + JUST) * limit.value or 1
    beyond, near = (by - 2 * JUST * limit.value, by) if limit.below else (by, by - 2 * JUST * limit.value)
    near = near if limit.value else 0
    mine = _series(limit.recorded, {**labels, **(limit.labels or {})})
    others = [{**labels, "application": "other"}, {**labels, "signal": "other"}]
    others += [{**labels, "quantile": "0.1"}] if quantile else []
    beside = {_series(limit.recorded, one): beyond for one in others}
    # The limit itself is not beyond it.
    return Case(bad={mine: beyond, **beside}, near={mine: near, **beside}, labels={**labels, **(limit.labels or {})})


def _series(name: str, labels: Mapping[str, str]) -> str:
    matchers = [f'{label}="{value}"' for label, value in labels.items()]
    return f"application:{name}{{{', '.join(matchers)}}}"
