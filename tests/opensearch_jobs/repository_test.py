from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.harness.opensearch import OpenSearch
    from tests.harness.search_plugins import SearchPlugins
    from tests.opensearch_jobs.conftest import Run

pytestmark = pytest.mark.opensearch


def test_a_snapshot_taken_through_the_repository_restores_every_document(
    run: Run, desired: dict[str, Any], cluster: OpenSearch
) -> None:
    assert run(desired)[0] == 0
    for number in range(20):
        cluster.ask("PUT", f"/logs-2/_doc/{number}?refresh=true", {"number": number})
    taken = cluster.ask("PUT", "/_snapshot/snapshots/one?wait_for_completion=true", {"indices": "logs-*"})
    assert taken["snapshot"]["state"] == "SUCCESS"
    cluster.ask("DELETE", "/logs-2")
    cluster.ask("POST", "/_snapshot/snapshots/one/_restore?wait_for_completion=true", {"indices": "logs-2"})
    cluster.ask("GET", "/_cluster/health/logs-2?wait_for_status=green&timeout=30s")
    assert cluster.ask("GET", "/logs-2/_count")["count"] == 20


def test_an_unreachable_repository_is_one_complaint_and_the_rest_is_done(
    run: Run,
    desired: dict[str, Any],
    plugins: SearchPlugins,
    cluster: OpenSearch,
) -> None:
    desired["repositories"]["snapshots"]["settings"]["location"] = "/nowhere/allowed"
    code, said, complaints = run(desired)
    assert code == 1
    first, second = complaints.splitlines()
    assert first.startswith("failed     repository snapshots: ")
    assert "location [/nowhere/allowed] doesn't match any of the locations specified by path.repo" in first
    assert second == "failed     snapshot policy hourly: not tried, because repository snapshots failed"
    assert "created    lifecycle policy logs" in said
    assert plugins.snapshots.documents == {}
    assert cluster.ask("GET", "/_snapshot") == {}


def test_a_repository_that_no_node_can_write_is_withdrawn_so_that_its_place_can_be_corrected(
    run: Run, desired: dict[str, Any], cluster: OpenSearch
) -> None:
    right = desired["repositories"]["snapshots"]["settings"]["location"]
    (cluster.repositories / "file").write_text("in the way")
    desired["repositories"]["snapshots"]["settings"]["location"] = str(cluster.repositories / "file")
    code, _, complaints = run(desired)
    assert code == 1
    assert "not every node can reach it" in complaints
    assert cluster.ask("GET", "/_snapshot") == {}
    desired["repositories"]["snapshots"]["settings"]["location"] = right
    assert run(desired)[0] == 0


def test_a_repository_is_never_pointed_elsewhere(run: Run, desired: dict[str, Any], cluster: OpenSearch) -> None:
    run(desired)
    before = cluster.ask("GET", "/_snapshot")
    desired["repositories"]["snapshots"]["settings"]["location"] = str(cluster.repositories / "b")
    code, _, complaints = run(desired)
    assert code == 1
    assert "It was not pointed elsewhere" in complaints
    assert cluster.ask("GET", "/_snapshot") == before
