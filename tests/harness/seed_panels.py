"""Every panel that was asked for, and where it is: a table of docs/coverage.md.

Written by hand, out of M7, O2, K2 and L4, in the words of the example of applications; the place is looked up among the
dashboards that are made of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from components.composition.dashboards.catalogue import boards
from tests.harness.applied import applied
from tests.harness.marked import exchanged, table
from tests.harness.seed_alerts import PAGE

if TYPE_CHECKING:
    from components.signals.dashboard import Dashboard

REFRESH = ".venv/bin/python -m tests.harness.seed_panels"
LINES, NUMBER, GAUGE, BARS, PIE, HEAT = "timeseries", "stat", "gauge", "bargauge", "piechart", "heatmap"
APPLICATIONS, MODELS, CLUSTER, OPENSEARCH = (
    f"ballast-{name}" for name in ("applications", "models", "cluster", "opensearch")
)


@dataclass(frozen=True)
class Asked:
    """A panel that was asked for.

    Attributes:
        requirement: who asks, and for which dashboard.
        asked: its name there.
        uid: of the dashboard that has it.
        title: of the panel.
        kind: Grafana's, which was asked for too where it isn't lines.
    """

    requirement: str
    asked: str
    uid: str
    title: str
    kind: str = LINES


ASKED = (
    Asked("M7 workflows", "active workflows", APPLICATIONS, "workflows, active", NUMBER),
    Asked("M7 workflows", "success rate", APPLICATIONS, "workflows, runs: succeed now", GAUGE),
    Asked("M7 workflows", "p95 latency", APPLICATIONS, "workflows, runs: time"),
    Asked("M7 workflows", "error rate", APPLICATIONS, "workflows, runs: share that fails"),
    Asked("M7 OpenSearch", "cluster status", OPENSEARCH, "Health of OpenSearch", NUMBER),
    Asked("M7 OpenSearch", "heap usage", OPENSEARCH, "Heap used"),
    Asked("M7 OpenSearch", "CPU", OPENSEARCH, "Processors of each node"),
    Asked("M7 OpenSearch", "disk", OPENSEARCH, "Free on the disk of each node"),
    Asked("M7 OpenSearch", "shard health", OPENSEARCH, "Shards away from home"),
    Asked("M7 adapters", "Prefect flow duration", APPLICATIONS, "workflows, runs: spread of time", HEAT),
    Asked("M7 adapters", "Agno agent latency", APPLICATIONS, "workflows, tools: time"),
    Asked("M7 adapters", "RAG query latency", APPLICATIONS, "workflows, search: time"),
    Asked("O2 overview", "task success rate (gauge)", APPLICATIONS, "orchestrator, tasks: succeed now", GAUGE),
    Asked("O2 overview", "task success rate (graph)", APPLICATIONS, "orchestrator, tasks: share that fails"),
    Asked("O2 overview", "overall latency (p50, p95, p99)", APPLICATIONS, "orchestrator, tasks: time"),
    Asked("O2 overview", "cost per day", MODELS, "orchestrator, spent in a day", NUMBER),
    Asked("O2 overview", "cost per week", MODELS, "orchestrator, spent in 7 days", NUMBER),
    Asked("O2 overview", "cost per month", MODELS, "orchestrator, spent in 30 days", NUMBER),
    Asked("O2 overview", "error rate by service", APPLICATIONS, "Errors, by service"),
    Asked("O2 services", "availability per service", APPLICATIONS, "Availability, by service", BARS),
    Asked("O2 services", "error rate by endpoint", APPLICATIONS, "orchestrator, arms: failures by rpc_method"),
    Asked("O2 services", "latency distributions", APPLICATIONS, "orchestrator, arms: spread of time", HEAT),
    Asked("O2 services", "request volume", APPLICATIONS, "Calls, by service"),
    Asked("O2 resources", "CPU usage by pod", CLUSTER, "Processors, by pod"),
    Asked("O2 resources", "memory usage by pod", CLUSTER, "Memory, by pod"),
    Asked("O2 resources", "disk I/O", CLUSTER, "Disks, by pod"),
    Asked("O2 resources", "network traffic", CLUSTER, "Network, by pod"),
    Asked(
        "O2 models", "tokens per day, week, month", MODELS, "orchestrator, tokens in a day, a week and 30 days", BARS
    ),
    Asked("O2 models", "cost by model", MODELS, "orchestrator, dollars in an hour"),
    Asked("O2 models", "cost per task", MODELS, "orchestrator, dollars for one of the tasks"),
    Asked("O2 models", "budget", MODELS, "orchestrator, share of the month's budget", GAUGE),
    Asked("K2", "query latency (p50, p95, p99)", APPLICATIONS, "knowledge, queries: time"),
    Asked("K2", "throughput", APPLICATIONS, "knowledge, queries: calls"),
    Asked("K2", "cache hit ratio (gauge)", APPLICATIONS, "knowledge, embeddings: hits now", GAUGE),
    Asked("K2", "active projects (stat)", APPLICATIONS, "knowledge, projects", NUMBER),
    Asked("K2", "vector search (heat map)", APPLICATIONS, "knowledge, vectors: spread of time", HEAT),
    Asked("K2", "error rate", APPLICATIONS, "knowledge, queries: share that fails"),
    Asked("K2", "collection sizes (bars)", APPLICATIONS, "knowledge, collections", BARS),
    Asked("K2", "response codes (pie)", APPLICATIONS, "knowledge, api: shares of answers", PIE),
    Asked("L4", "request rate", APPLICATIONS, "life, web: calls"),
    Asked("L4", "response time (p95, p99)", APPLICATIONS, "life, web: time"),
    Asked("L4", "5xx and 4xx", APPLICATIONS, "life, web: answers by class"),
    Asked("L4", "connections (gauge)", APPLICATIONS, "life, database: pool used now", GAUGE),
    Asked("L4", "cache hits (gauge)", APPLICATIONS, "life, pages: hits now", GAUGE),
    Asked("L4", "outbox pending (stat)", APPLICATIONS, "life, outbox: waiting now", NUMBER),
    Asked("L4", "container CPU", APPLICATIONS, "life, cpu against its limit"),
    Asked("L4", "container memory", APPLICATIONS, "life, memory against its limit"),
    Asked("L4", "worker lag", APPLICATIONS, "life, worker: age of the oldest"),
)


@cache
def shown() -> dict[str, Dashboard]:
    """Return the dashboards of production with the example of applications, by uid."""
    return {board.uid: board for board in boards(applied())}


@cache
def places() -> dict[tuple[str, str], Any]:
    """Return every panel as Grafana reads it, by the uid of its dashboard and its title."""
    return {
        (uid, panel["title"]): panel for uid, board in shown().items() for panel in json.loads(board.json())["panels"]
    }


def written() -> str:
    """Return the page as it must be."""
    rows = [
        [one.requirement, one.asked, shown()[one.uid].title, one.title, places()[one.uid, one.title]["type"]]
        for one in ASKED
    ]
    heads = ["Asked for", "", "Dashboard", "Panel", "Kind"]
    return exchanged(PAGE.read_text(encoding="utf-8"), REFRESH, table(heads, rows))


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
