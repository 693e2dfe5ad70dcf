"""Every alert that was asked for, with its number and severity, and the one that keeps it: a table of docs/coverage.md.

Written by hand, out of M6, O4, K3, L2 and L7; the last columns come from the rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.harness.alert_timelines import labelled, rules
from tests.harness.applied import APPLIED
from tests.harness.declare import PROJECT
from tests.harness.marked import exchanged, table

if TYPE_CHECKING:
    from typing import Any

PAGE = PROJECT / "docs" / "coverage.md"
REFRESH = ".venv/bin/python -m tests.harness.seed_alerts"


@dataclass(frozen=True)
class Seed:
    """What was asked for.

    Attributes:
        requirement: who asks.
        asked: in a few words, with the number.
        alert: the alert that keeps it, those of the example with application, signal and severity; empty if none does.
        severity: that was asked for; empty where none was named.
        compared: end of its expression.
        after: how long it lasts.
        otherwise: in what the alert differs on purpose, or why there is none.
    """

    requirement: str
    asked: str
    alert: str
    severity: str
    compared: str = ""
    after: str = ""
    otherwise: str = ""

    @property
    def rule(self) -> dict[str, Any]:
        """The rule, as Prometheus gets it."""
        return labelled(APPLIED)[self.alert] if " " in self.alert else rules()[self.alert]


WITH_STORE = "comes with that store"
SEEDS = (
    Seed(
        "M6",
        "workflows fail, above 5 % for 5m",
        "ApplicationCallsFail workflows runs warning",
        "warning",
        "> 0.05",
        "5m",
    ),
    Seed(
        "M6",
        "OpenSearch not green",
        "OpenSearchClusterDown",
        "critical",
        "== 0",
        "15m",
        "waits 15m, because a rolling restart is yellow for minutes; red waits one",
    ),
    Seed(
        "M6",
        "queries slow, p95 above 1000 ms",
        "ApplicationCallsSlow workflows search 0.95 warning",
        "warning",
        "> 1",
        "5m",
    ),
    Seed("O4", "service down for 1m", "ApplicationDown orchestrator orchestrator critical", "critical", "< 1", "1m"),
    Seed(
        "O4",
        "error rate above 5 % for 5m",
        "ApplicationCallsFail orchestrator tasks warning",
        "warning",
        "> 0.05",
        "5m",
    ),
    Seed(
        "O4",
        "uptime below 95 % over 24 h",
        "ApplicationUptimeLow orchestrator reflex warning",
        "warning",
        "< 0.95",
        "5m",
    ),
    Seed("O4", "p95 above 30 s", "ApplicationCallsSlow orchestrator tasks 0.95 warning", "", "> 30", "5m"),
    Seed(
        "O4",
        "fewer than 10 tasks a minute",
        "ApplicationCallsFew orchestrator tasks warning",
        "",
        "< 0.166666667",
        "10m",
    ),
    Seed("O4", "timeouts above 10 %", "ApplicationCallsFail orchestrator timeouts warning", "", "> 0.1", "5m"),
    Seed("O4", "processors above 80 % for 10m, pods", "ApplicationBusy orchestrator pods warning", "", "> 0.8", "10m"),
    Seed("O4", "processors above 80 % for 10m, machines", "NodeBusy", "", "> 0.8", "10m"),
    Seed("O4", "memory above 90 % for 5m, pods", "ContainerMemoryHigh", "", "> 0.9", "5m"),
    Seed("O4", "memory above 90 % for 5m, machines", "NodeMemoryHigh", "", "> 0.9", "5m"),
    Seed("O4", "disk below 15 %, volumes", "VolumeNearlyFull", "", "> 0.85", "10m"),
    Seed("O4", "disk below 15 %, machines", "NodeDiskNearlyFull", "", "> 0.85", "10m"),
    Seed(
        "O4", "connection pool exhausted", "ApplicationPoolUsed orchestrator connections critical", "", "> 0.99", "5m"
    ),
    Seed("O4", "replication lag above 60 s", "ApplicationLag orchestrator replication warning", "", "> 60", "5m"),
    Seed("O4", "queries above 10 s", "ApplicationCallsSlow orchestrator queries 0.99 warning", "", "> 10", "5m"),
    Seed("O4", "language models above $500 a day", "ModelSpendDay orchestrator models warning", "", "> 500", "5m"),
    Seed(
        "O4",
        "language models above $10,000 a month",
        "ModelSpendMonth orchestrator models critical",
        "",
        "> 10000",
        "5m",
    ),
    Seed(
        "O4", "language models above twice the average", "ModelSpendJump orchestrator models warning", "", "> 2", "5m"
    ),
    Seed(
        "K3",
        "p99 above 150 ms for 5m",
        "ApplicationCallsSlow knowledge queries 0.99 warning",
        "warning",
        "> 0.15",
        "5m",
    ),
    Seed(
        "K3",
        "p99 above 500 ms for 2m",
        "ApplicationCallsSlow knowledge queries 0.99 critical",
        "critical",
        "> 0.5",
        "2m",
    ),
    Seed("K3", "errors above 1 % for 5m", "ApplicationCallsFail knowledge queries warning", "", "> 0.01", "5m"),
    Seed(
        "K3",
        "ChromaDB down, at once",
        "ChromaDown",
        "critical",
        "== 0",
        "1m",
        "waits 1m: its one pod is away that long whenever it is changed",
    ),
    Seed(
        "K3", "cache hits below 50 % for 10m", "ApplicationCacheMisses knowledge embeddings warning", "", "< 0.5", "10m"
    ),
    Seed(
        "K3",
        "disk below 10 GB",
        "ChromaDiskLow",
        "warning",
        "< 6442450944",
        "10m",
        "30 % of the disk where that is less: production's has 20Gi",
    ),
    Seed(
        "K3",
        "disk below 5 GB",
        "ChromaDiskFull",
        "critical",
        "< 3221225472",
        "5m",
        "15 % of the disk where that is less",
    ),
    Seed("K3", "degraded mode", "ApplicationDegraded knowledge mode warning", "", "> 0"),
    Seed("K4", "p50 above 20 ms", "ApplicationCallsSlow knowledge queries 0.5 warning", "", "> 0.02", "10m"),
    Seed("K4", "NDCG@10 below 0.90", "ApplicationQuality knowledge ndcg warning", "", "< 0.9", "1h"),
    Seed("L2", "web down for 2m", "ApplicationDown life web critical", "critical", "< 1", "2m"),
    Seed("L2", "PostgreSQL down for 1m", "", "critical", otherwise=WITH_STORE),
    Seed("L2", "Redis down for 1m", "", "critical", otherwise=WITH_STORE),
    Seed("L2", "error rate above 5 % for 5m", "ApplicationCallsFail life web warning", "warning", "> 0.05", "5m"),
    Seed("L2", "p95 above 1 s for 5m", "ApplicationCallsSlow life web 0.95 warning", "warning", "> 1", "5m"),
    Seed(
        "L2", "more than 150 connections for 5m", "ApplicationPoolUsed life database warning", "warning", "> 150", "5m"
    ),
    Seed(
        "L2", "more than 1000 jobs wait for 10m", "ApplicationBacklog life worker warning", "warning", "> 1000", "10m"
    ),
    Seed(
        "L2", "container memory above 80 % for 5m", "ApplicationMemoryHigh life pods warning", "warning", "> 0.8", "5m"
    ),
    Seed("L2", "container processors above 80 % for 5m", "ApplicationBusy life pods warning", "warning", "> 0.8", "5m"),
    Seed("L7", "fewer than 100 requests a second", "ApplicationCallsFew life web warning", "", "< 100", "10m"),
    Seed("L7", "worker late by more than a minute", "ApplicationLag life worker warning", "", "> 60", "5m"),
)


def written() -> str:
    """Return the page as it must be."""
    heads = ["Asked for", "", "Alert", "Severity", "Condition", "Lasts", "Differs"]
    return exchanged(PAGE.read_text(encoding="utf-8"), REFRESH, table(heads, [_row(seed) for seed in SEEDS]))


def _row(seed: Seed) -> list[str]:
    if not seed.alert:
        return [seed.requirement, seed.asked, "none yet", seed.severity, "", "", seed.otherwise]
    rule = seed.rule
    name, *of = seed.alert.split()
    what = f"{name} ({', '.join(of[:2])})" if of else name
    found = re.search(r"[<>=]+ [\d.]+$", rule["expr"])
    assert found is not None, rule["expr"]
    condition, after = f"`{found[0]}`", rule.get("for", "at once")
    return [seed.requirement, seed.asked, what, rule["labels"]["severity"], condition, after, seed.otherwise]


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
