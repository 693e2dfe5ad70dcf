"""Every runbook that was asked for, and where it is: a table of docs/coverage.md.

Written by hand, out of O5, M8 and K6; each line names the page, and the part of it where that is not all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.harness.marked import exchanged, table
from tests.harness.runbooks import FOLDER
from tests.harness.seed_alerts import PAGE

if TYPE_CHECKING:
    from pathlib import Path

REFRESH = ".venv/bin/python -m tests.harness.seed_runbooks"
WITH_STORES = "what is specific to PostgreSQL and Redis comes with them"
UNTRIED = "restoring out of the copied bucket is not tried by a test"


@dataclass(frozen=True)
class Asked:
    """A runbook that was asked for.

    Attributes:
        requirement: who asks.
        asked: its name there.
        name: of the page, from docs/runbooks.
        lacking: what is not on it yet.
    """

    requirement: str
    asked: str
    name: str
    lacking: str = ""

    @property
    def page(self) -> Path:
        """Where it is."""
        return FOLDER / f"{self.name}.md"


ASKED = (
    Asked("O5", "template", "incidents/template"),
    Asked("O5", "service unavailable", "incidents/service-unavailable"),
    Asked("O5", "high latency", "incidents/high-latency"),
    Asked("O5", "database connection", "incidents/database-connection", WITH_STORES),
    Asked("O5", "memory leak", "incidents/memory-leak"),
    Asked("O5", "task routing failure", "incidents/task-routing-failure"),
    Asked("O5", "LLM API failure", "incidents/llm-api-failure"),
    Asked("O5", "cache performance", "incidents/cache-performance", WITH_STORES),
    Asked("O5", "resource exhaustion", "incidents/resource-exhaustion"),
    Asked("O5", "security violation", "incidents/security-violation"),
    Asked("M8", "OpenSearch failure", "incidents/opensearch-failure"),
    Asked("M8", "region failover", "incidents/region-failover", UNTRIED),
    Asked("M8", "data corruption", "incidents/data-corruption"),
    Asked("K6", "high latency (p99 > 500 ms)", "incidents/high-latency"),
    Asked("K6", "ChromaDB unreachable", "chroma"),
    Asked("K6", "memory leak detected", "incidents/memory-leak"),
    Asked("K6", "API error rate spike", "incidents/error-rate"),
    Asked("K6", "disk space critical", "incidents/disk-full"),
    Asked("K6", "embedding model failure", "incidents/embedding-model"),
    Asked("K6", "low cache hit ratio", "incidents/cache-performance", WITH_STORES),
    Asked("K6", "search quality degradation", "incidents/embedding-model"),
)


def written() -> str:
    """Return the page as it must be."""
    rows = [[one.requirement, one.asked, f"[{one.name}](runbooks/{one.name}.md)", one.lacking] for one in ASKED]
    heads = ["Asked for", "", "Page", "Not yet"]
    return exchanged(PAGE.read_text(encoding="utf-8"), REFRESH, table(heads, rows))


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
