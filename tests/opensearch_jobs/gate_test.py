"""What the restart's gate concludes from answers that a real cluster of one version can't give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.client import Client
from components.foundation.jobkit.errors import JobError
from components.foundation.jobkit.waiting import NotYetError
from components.stores.opensearch.jobs import allocation
from components.stores.opensearch.jobs.departure import Pods
from components.stores.opensearch.jobs.restart import OpenSearchGate
from tests.harness.json_server import JsonServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.json_server import Request


@dataclass
class Upgrade:
    """A cluster of three nodes, of which the first already has the new version."""

    shards: list[dict[str, Any]]
    versions: tuple[str, ...] = ("3.9.0", "3.8.0", "3.8.0")
    persistent: dict[str, Any] = field(default_factory=dict)
    refuse_writes: bool = False
    status: str = "yellow"

    def answer(self, request: Request) -> tuple[int, object]:
        if request.path.startswith("/_nodes"):
            nodes = {str(n): {"name": f"opensearch-data-a-{n}", "version": v} for n, v in enumerate(self.versions)}
            return 200, {"nodes": nodes}
        if request.path.startswith("/_cat/shards"):
            return 200, self.shards
        if request.path.startswith("/_cluster/health"):
            return 200, {
                "status": self.status,
                "initializing_shards": 0,
                "relocating_shards": 0,
                "number_of_data_nodes": len(self.versions),
            }
        if request.method == "PUT":
            if self.refuse_writes:
                return 500, {"message": "no manager"}
            given = {**self.persistent, **request.body["persistent"]}
            self.persistent = {key: value for key, value in given.items() if value is not None}
        return 200, {"persistent": self.persistent, "transient": {}}


def shard(number: int, kind: str, state: str, node: str | None) -> dict[str, Any]:
    return {"index": "logs", "shard": str(number), "prirep": kind, "state": state, "node": node}


@pytest.fixture
def upgrade() -> Upgrade:
    return Upgrade(
        [
            shard(0, "p", "STARTED", "opensearch-data-a-0"),
            shard(0, "r", "UNASSIGNED", None),
            shard(1, "p", "STARTED", "opensearch-data-a-1"),
            shard(1, "r", "STARTED", "opensearch-data-a-2"),
        ]
    )


@pytest.fixture
def gate(upgrade: Upgrade) -> Iterator[OpenSearchGate]:
    with JsonServer(upgrade) as server:
        yield OpenSearchGate(Client(endpoint=server.url, attempts=2, pause=0.01), 3, 0.05)


def test_a_node_whose_shards_are_elsewhere_too_may_go_while_versions_are_mixed(gate: OpenSearchGate) -> None:
    assert gate.healthy("opensearch-data-a-1") is None, "it raises where it may not"


def test_a_node_that_holds_the_only_copy_stays(gate: OpenSearchGate) -> None:
    with pytest.raises(NotYetError, match=r"logs\[0\] is on opensearch-data-a-0 alone while versions are mixed"):
        gate.healthy("opensearch-data-a-0")


def test_yellow_is_not_good_enough_while_all_versions_are_equal(gate: OpenSearchGate, upgrade: Upgrade) -> None:
    upgrade.versions = ("3.8.0",) * 3
    with pytest.raises(
        NotYetError, match=r"its status is yellow: 1 copies of shards are missing, the first of logs\[0\]"
    ):
        gate.healthy("opensearch-data-a-1")


def test_a_single_node_may_restart_although_a_plugin_asks_for_a_copy(gate: OpenSearchGate, upgrade: Upgrade) -> None:
    upgrade.versions = ("3.8.0",)
    only = OpenSearchGate(gate.search, 1, gate.pause)
    upgrade.shards = [shard(0, "p", "STARTED", "opensearch-data-a-0"), shard(0, "r", "UNASSIGNED", None)]
    assert only.healthy("opensearch-data-a-0") is None, "it raises where it may not"
    assert only.healthy(None) is None, "at the end as well"


def test_a_shard_without_its_primary_is_missing_however_few_nodes_there_are(
    gate: OpenSearchGate, upgrade: Upgrade
) -> None:
    upgrade.versions = ("3.8.0",)
    upgrade.shards = [shard(0, "p", "UNASSIGNED", None), shard(0, "r", "UNASSIGNED", None)]
    with pytest.raises(NotYetError, match="2 copies of shards are missing"):
        OpenSearchGate(gate.search, 1, gate.pause).healthy(None)


def test_a_red_cluster_is_left_alone_though_its_list_of_shards_says_nothing(
    gate: OpenSearchGate, upgrade: Upgrade
) -> None:
    """The list is asked for after the status, and may come from another moment."""
    upgrade.status, upgrade.shards = "red", []
    with pytest.raises(NotYetError, match="its status is red: a primary is missing"):
        gate.healthy("opensearch-data-a-1")
    leaving = Pods({"data": 3}, {"data": 2}, {"data": ("data",)})
    with pytest.raises(JobError, match="the cluster is not whole: its status is red"):
        leaving.refuse(gate.search)


def test_yellow_is_not_good_enough_at_the_end(gate: OpenSearchGate) -> None:
    with pytest.raises(NotYetError, match="its status is yellow"):
        gate.healthy(None)


def test_a_primary_that_is_nowhere_stops_everything(gate: OpenSearchGate, upgrade: Upgrade) -> None:
    upgrade.shards[1] = shard(0, "p", "UNASSIGNED", None)
    with pytest.raises(NotYetError, match=r"the primary of logs\[0\] is nowhere"):
        gate.healthy("opensearch-data-a-1")


def test_a_missing_node_stops_everything(gate: OpenSearchGate, upgrade: Upgrade) -> None:
    upgrade.versions = ("3.9.0", "3.8.0")
    with pytest.raises(NotYetError, match="2 of 3 nodes have joined"):
        gate.healthy("opensearch-data-a-1")


def test_what_an_ended_run_has_forbidden_is_allowed_again(gate: OpenSearchGate, upgrade: Upgrade) -> None:
    upgrade.persistent[allocation.ENABLE] = "primaries"
    gate.healthy("opensearch-data-a-1")
    assert upgrade.persistent == {}


def test_what_can_not_be_taken_back_is_said_and_hides_no_other_error(
    gate: OpenSearchGate, upgrade: Upgrade, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(allocation, "RELEASE_SECONDS", 0.1)
    gate.before("opensearch-data-a-1")
    upgrade.refuse_writes = True
    gate.release()
    assert capsys.readouterr().err == (
        "failed     copies of shards: not within 0.1 s; at the end: PUT /_cluster/settings answered 500: no manager. "
        "It stays until this job is run again, which takes it back first.\n"
    )
