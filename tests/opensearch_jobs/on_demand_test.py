"""How long snapshots that were taken on demand are kept: as long as others, and longer where nothing newer is whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.kubernetes import Kubernetes
from components.stores.opensearch.jobs.config import SnapshotCheckConfig
from components.stores.opensearch.jobs.snapshots import check
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_store import KubernetesStore
from tests.harness.kubernetes_stub import TOKEN
from tests.harness.told import job, told

if TYPE_CHECKING:
    from tests.harness.json_server import Request

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
OLD, NEW = timedelta(days=31), timedelta(minutes=5)


def stored(name: str, age: timedelta, state: str = "SUCCESS") -> dict[str, Any]:
    """A snapshot as the repository lists it."""
    began = int((NOW - age).timestamp() * 1000)
    return {
        "snapshot": name,
        "state": state,
        "indices": [],
        "start_time_in_millis": began,
        "end_time_in_millis": began + 1000,
        "shards": {"failed": 0},
    }


@dataclass
class Listing:
    """A cluster without indexes, whose repository holds these snapshots."""

    snapshots: list[dict[str, Any]]
    refuses: bool = False
    deleted: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> tuple[int, object]:
        if request.method == "DELETE":
            self.deleted.append(request.path.rpartition("/")[2])
            return (400, {"error": "in use"}) if self.refuses else (200, {})
        if request.path.startswith("/_snapshot/snapshots/_all"):
            return 200, {"snapshots": self.snapshots}
        if request.path.endswith("/_status"):
            return 200, {"snapshots": [{"stats": {"total": {"size_in_bytes": 1}}}]}
        return 200, {}


def looked(listing: Listing) -> None:
    """Run the check of prod on it."""
    with JsonServer(listing) as search, JsonServer(KubernetesStore()) as api:
        kubernetes = Kubernetes(Client(endpoint=api.url, authorization=f"Bearer {TOKEN}"))
        run = job(told(SnapshotCheckConfig, "opensearch-snapshots"), kubernetes)
        check(run, Client(endpoint=search.url), NOW)


def test_what_was_taken_on_demand_goes_once_it_is_past_its_time() -> None:
    listing = Listing(
        [
            stored("recent-1", NEW),
            stored("manual-20261028-120000", OLD),
            stored("manual-20261027-120000", OLD, "PARTIAL"),
            stored("manual-20261127-120000", timedelta(days=1)),
            stored("manual-before-the-migration", OLD),
            stored("daily-1", OLD),
            stored("manual-20261026-120000", OLD, "IN_PROGRESS"),
        ]
    )
    looked(listing)
    assert sorted(listing.deleted) == ["manual-20261027-120000", "manual-20261028-120000"]


def test_nothing_goes_while_the_newest_is_not_whole_or_too_old() -> None:
    for newest in (stored("recent-1", NEW, "PARTIAL"), stored("recent-1", timedelta(days=2))):
        listing = Listing([newest, stored("manual-20261028-120000", OLD)])
        with pytest.raises(JobError):
            looked(listing)
        assert listing.deleted == []


def test_a_deletion_that_is_refused_is_told_and_nothing_more(capsys: pytest.CaptureFixture[str]) -> None:
    looked(Listing([stored("recent-1", NEW), stored("manual-20261028-120000", OLD)], refuses=True))
    assert "failed     deletion of snapshot manual-20261028-120000, which is past its time" in capsys.readouterr().err
