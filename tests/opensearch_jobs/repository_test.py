from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from components.stores.opensearch.jobs.config import ConfigureConfig
    from tests.harness.opensearch_client import OpenSearch
    from tests.harness.opensearch_plugins import OpenSearchPlugins
    from tests.opensearch_jobs.conftest import Run

pytestmark = pytest.mark.opensearch


def at(config: ConfigureConfig, location: object) -> ConfigureConfig:
    """Return the same with its repository elsewhere."""
    return replace(config, repositories={"snapshots": {"type": "fs", "settings": {"location": str(location)}}})


def test_a_snapshot_taken_through_the_repository_restores_every_document(
    run: Run, config: ConfigureConfig, cluster: OpenSearch
) -> None:
    assert run(config)[0] == 0
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
    config: ConfigureConfig,
    plugins: OpenSearchPlugins,
    cluster: OpenSearch,
) -> None:
    code, said, complaints = run(at(config, "/nowhere/allowed"))
    assert code == 1
    first, *others = complaints.splitlines()
    assert first.startswith("failed     repository snapshots: ")
    assert "location [/nowhere/allowed] doesn't match any of the locations specified by path.repo" in first
    assert sorted(others) == [
        f"failed     snapshot policy {name}: not tried, because repository snapshots failed"
        for name in ("daily", "recent")
    ]
    assert "created    lifecycle policy logs" in said
    assert plugins.snapshots.documents == {}
    assert cluster.ask("GET", "/_snapshot") == {}


def test_a_repository_that_no_node_can_write_is_withdrawn_so_that_its_place_can_be_corrected(
    run: Run, config: ConfigureConfig, cluster: OpenSearch
) -> None:
    (cluster.repositories / "file").write_text("in the way")
    code, _, complaints = run(at(config, cluster.repositories / "file"))
    assert code == 1
    assert "not every node can reach it" in complaints
    assert cluster.ask("GET", "/_snapshot") == {}
    assert run(config)[0] == 0


def test_a_repository_is_never_pointed_elsewhere(run: Run, config: ConfigureConfig, cluster: OpenSearch) -> None:
    run(config)
    before = cluster.ask("GET", "/_snapshot")
    code, _, complaints = run(at(config, cluster.repositories / "b"))
    assert code == 1
    assert "It was not pointed elsewhere" in complaints
    assert cluster.ask("GET", "/_snapshot") == before
