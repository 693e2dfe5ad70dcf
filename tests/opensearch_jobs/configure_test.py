from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from tests.opensearch_jobs.conftest import PASSWORDS

if TYPE_CHECKING:
    from tests.harness.json_server import JsonServer
    from tests.harness.opensearch import OpenSearch
    from tests.harness.search_plugins import SearchPlugins
    from tests.opensearch_jobs.conftest import Run

pytestmark = pytest.mark.opensearch


def test_the_first_run_creates_everything_and_the_second_nothing(
    run: Run,
    desired: dict[str, Any],
    search: JsonServer,
    plugins: SearchPlugins,
    cluster: OpenSearch,
) -> None:
    code, said, complaints = run(desired)
    assert (code, complaints) == (0, "")
    assert said.count("created    ") == 10
    assert plugins.passwords == {name: PASSWORDS[name] for name in ("admin", "automation")}
    assert plugins.snapshots.owners == {"hourly": "automation"}
    assert plugins.lifecycle.owners == {"logs": "automation"}
    search.log.clear()
    code, said, complaints = run(desired)
    assert (code, complaints) == (0, "")
    assert said.endswith("0 created, 0 updated, 10 unchanged, 0 left alone, 0 failed\n")
    assert search.writes() == []
    cluster.ask("PUT", "/logs-1")
    settings = cluster.ask("GET", "/logs-1/_settings")["logs-1"]["settings"]["index"]
    assert settings["number_of_replicas"] == "2"


def test_whatever_drifted_is_put_right_and_nothing_else_is_touched(
    run: Run,
    desired: dict[str, Any],
    search: JsonServer,
    plugins: SearchPlugins,
    cluster: OpenSearch,
) -> None:
    run(desired)
    cluster.ask("PUT", "/_cluster/settings", {"persistent": {"cluster.max_shards_per_node": 7}})
    template = copy.deepcopy(desired["indexTemplates"]["logs"])
    template["template"]["settings"]["index.number_of_replicas"] = "0"
    cluster.ask("PUT", "/_index_template/logs", template)
    plugins.resources["roles"]["metrics"]["index_permissions"] = [{"index_patterns": ["*"], "allowed_actions": ["*"]}]
    plugins.passwords["admin"] = "changed-by-hand"
    plugins.lifecycle.documents["logs"]["policy"]["states"][0]["transitions"][0]["conditions"]["min_index_age"] = "1d"
    plugins.snapshots.documents["hourly"]["sm_policy"]["deletion"]["condition"]["max_age"] = "1h"
    search.log.clear()
    code, said, _ = run(desired)
    assert code == 0
    updated = [line.split(maxsplit=1)[1] for line in said.splitlines() if line.startswith("updated ")]
    assert updated == [
        "role metrics",
        "user admin",
        "setting cluster.max_shards_per_node",
        "index template logs",
        "lifecycle policy logs",
        "snapshot policy hourly",
    ]
    assert len(search.writes()) == 6
    assert plugins.passwords["admin"] == PASSWORDS["admin"]
    assert run(desired)[1].endswith("0 updated, 10 unchanged, 0 left alone, 0 failed\n")


def test_what_nobody_declared_is_named_and_left_alone(
    run: Run,
    desired: dict[str, Any],
    plugins: SearchPlugins,
    cluster: OpenSearch,
) -> None:
    plugins.resources["internalusers"]["guest"] = {"backend_roles": [], "description": "someone's"}
    cluster.ask("PUT", "/_index_template/theirs", {"index_patterns": ["theirs-*"]})
    cluster.ask("PUT", "/_cluster/settings", {"persistent": {"cluster.routing.allocation.enable": "all"}})
    code, said, _ = run(desired)
    assert code == 0
    for line in (
        "undeclared user guest: left alone",
        "undeclared index template theirs: left alone",
        "undeclared setting cluster.routing.allocation.enable: left alone",
    ):
        assert line in said
    assert "guest" in plugins.resources["internalusers"]
    assert cluster.ask("GET", "/_index_template/theirs")["index_templates"]


def test_settings_that_are_only_accepted_together_are_set_together(
    run: Run, desired: dict[str, Any], cluster: OpenSearch
) -> None:
    watermark = "cluster.routing.allocation.disk.watermark"
    desired["clusterSettings"] = {
        f"{watermark}.low": "3gb",
        f"{watermark}.high": "2gb",
        f"{watermark}.flood_stage": "1gb",
    }
    assert run(desired)[0] == 0
    assert cluster.ask("GET", "/_cluster/settings?flat_settings=true")["persistent"] == desired["clusterSettings"]


def test_a_refused_setting_leaves_all_settings_as_they_were(
    run: Run, desired: dict[str, Any], cluster: OpenSearch
) -> None:
    desired["clusterSettings"]["no.such.setting"] = 1
    code, said, complaints = run(desired)
    assert code == 1
    assert complaints.count("\n") == 1
    assert "persistent setting [no.such.setting], not recognized" in complaints
    assert cluster.ask("GET", "/_cluster/settings")["persistent"] == {}
    assert "created    repository snapshots" in said
