"""The programs around snapshots, run as a pod runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.harness.opensearch_pods import Stage

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.opensearch


def test_a_snapshot_is_taken_and_restored_by_the_shipped_programs(tmp_path: Path) -> None:
    with Stage(tmp_path, {"opensearch-data-a": 1}, {"opensearch-data-a": ("cluster_manager", "data")}) as stage:
        location = {"type": "fs", "settings": {"location": str(stage.nodes.repositories / "a")}}
        stage.ask("PUT", "/_snapshot/snapshots", location)
        stage.ask("PUT", "/books/_doc/1", {"number": 1})
        code, said, complaints = stage.run("snapshots", {"take": True})
        assert (code, complaints) == (0, "")
        assert [line.split()[:2] for line in said.splitlines()] == [["created", "snapshot"], ["whole", "snapshot"]]
        refused = stage.run("restore", {"indexes": ["books"]})
        assert refused[0] == 1
        assert len(refused[2].splitlines()) == 1
        assert refused[2].startswith("failed     restore: books would be restored from manual-")
        stage.ask("DELETE", "/books")
        code, said, complaints = stage.run("restore")
        assert (code, complaints) == (0, "")
        assert said.splitlines()[-1] == "restored   index books: 1 documents, as in the snapshot"
        stage.ask("DELETE", "/_snapshot/snapshots")
        gone = stage.run("snapshots")
        assert gone[0] == 1
        assert "failed     snapshots: repository snapshots can't be used by every node" in gone[2]
