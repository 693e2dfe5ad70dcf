"""A comparison that holds one of each verdict, with known ages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ops.promotion.ages import NOT_COMMITTED, Age
from ops.promotion.view import View
from tests.harness.compared import DEV, ENVIRONMENTS, GONE, PROD, STAGING, compared

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ops.promotion.row import Row

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CHANGES: dict[str, dict[str, Any]] = {
    DEV: {
        "opensearch.version": "3.9.0",
        "chroma.version": "1.4.9",
        "collector.masks.keys": ["tax-number-of-the-person", "name"],
        "opensearch.indexes.events": {"patterns": ["events-*"], "shards": 2},
        # As in staging, so that nothing else is pending.
        "loki.dailyVolume": "50Mi",
        "loki.streams": {"opensearch": {"namespace": "opensearch", "retention": "90d"}},
    },
    STAGING: {
        "qdrant": GONE,
        "console.memory": "900Mi",
        "loki.s3.bucket": "acme-one-logs",
        "opensearch.indexes.audit": {"patterns": ["audit-*"], "shards": 1},
    },
    PROD: {"loki.s3.bucket": "acme-one-logs"},
}


@dataclass(frozen=True)
class KnownAges:
    """Ages without a repository: the same for every key but one that is not committed."""

    days: int
    uncommitted: str = ""
    reason: str = ""

    def of(self, key: tuple[str, ...]) -> Age:
        """Answer as `Ages` does."""
        if self.reason:
            return Age(None, self.reason)
        if ".".join(key) == self.uncommitted:
            return Age(None, NOT_COMMITTED)
        return Age(NOW - timedelta(days=self.days))


AGES: Mapping[str, Any] = {DEV: KnownAges(3, "chroma.version"), STAGING: KnownAges(40), PROD: KnownAges(400)}
VIEW = View(DEV, STAGING, NOW, ENVIRONMENTS, AGES)


def mixed_rows(folder: Path) -> list[Row]:
    """Return the rows from dev to staging."""
    return list(compared(folder, DEV, STAGING, CHANGES).values())
