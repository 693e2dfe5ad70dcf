from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.opensearch_jobs.conftest import PASSWORDS, number, opens, secured

if TYPE_CHECKING:
    from components.stores.opensearch.jobs.config import ConfigureConfig
    from tests.harness.json_server import JsonServer
    from tests.harness.opensearch_client import OpenSearch
    from tests.harness.opensearch_plugins import OpenSearchPlugins
    from tests.opensearch_jobs.conftest import Run

pytestmark = pytest.mark.opensearch


def test_the_first_run_creates_everything_and_the_second_nothing(
    run: Run,
    config: ConfigureConfig,
    search: JsonServer,
    plugins: OpenSearchPlugins,
    cluster: OpenSearch,
) -> None:
    code, said, complaints = run(config)
    assert (code, complaints) == (0, "")
    assert said.count("created    ") == number(config) > 20
    assert all(opens(cluster, user, password) for user, password in PASSWORDS.items())
    assert not opens(cluster, "admin", PASSWORDS["metrics"])
    assert plugins.snapshots.owners == {"daily": "automation", "recent": "automation"}
    assert plugins.lifecycle.owners == {"logs": "automation"}
    search.log.clear()
    code, said, complaints = run(config)
    assert (code, complaints) == (0, "")
    assert said.endswith(f"0 created, 0 updated, {number(config)} unchanged, 0 left alone, 0 failed\n")
    assert search.writes() == []
    cluster.ask("PUT", "/logs-1")
    settings = cluster.ask("GET", "/logs-1/_settings")["logs-1"]["settings"]["index"]
    assert settings["number_of_replicas"] == "2"


def test_whatever_drifted_is_put_right_and_nothing_else_is_touched(
    run: Run,
    config: ConfigureConfig,
    search: JsonServer,
    plugins: OpenSearchPlugins,
    cluster: OpenSearch,
) -> None:
    run(config)
    cluster.ask("PUT", "/_cluster/settings", {"persistent": {"cluster.max_shards_per_node": 7}})
    template = copy.deepcopy(config.index_templates["logs"])
    template["template"]["settings"]["index.number_of_replicas"] = "0"
    cluster.ask("PUT", "/_index_template/logs", template)
    everything = [{"index_patterns": ["*"], "allowed_actions": ["*"]}]
    security = "/_plugins/_security/api"
    metrics = config.roles["ballast_metrics"] | {"index_permissions": everything}
    assert cluster.ask("PUT", f"{security}/roles/ballast_metrics", metrics)["status"] == "OK"
    user = {"backend_roles": ["admin"], "description": config.users["admin"].description}
    by_hand = {**user, "password": "a-change-made-by-hand"}
    assert cluster.ask("PUT", f"{security}/internalusers/admin", by_hand)["status"] == "OK"
    plugins.lifecycle.documents["logs"]["policy"]["states"][0]["transitions"][0]["conditions"]["min_index_age"] = "1d"
    plugins.snapshots.documents["recent"]["sm_policy"]["deletion"]["condition"]["max_age"] = "1h"
    search.log.clear()
    code, said, _ = run(config)
    assert code == 0
    updated = [line.split(maxsplit=1)[1] for line in said.splitlines() if line.startswith("updated ")]
    assert updated == [
        "role ballast_metrics",
        "user admin",
        "setting cluster.max_shards_per_node",
        "index template logs",
        "lifecycle policy logs",
        "snapshot policy recent",
    ]
    assert len(search.writes()) == 6
    assert opens(cluster, "admin", PASSWORDS["admin"])
    assert run(config)[1].endswith(f"0 updated, {number(config)} unchanged, 0 left alone, 0 failed\n")


def test_what_nobody_declared_is_named_and_left_alone(
    run: Run,
    config: ConfigureConfig,
    cluster: OpenSearch,
) -> None:
    guest = {"description": "someone's", "password": "correct-horse-battery"}
    assert cluster.ask("PUT", "/_plugins/_security/api/internalusers/guest", guest)["status"] == "CREATED"
    cluster.ask("PUT", "/_index_template/theirs", {"index_patterns": ["theirs-*"]})
    cluster.ask("PUT", "/_cluster/settings", {"persistent": {"cluster.routing.allocation.enable": "all"}})
    code, said, _ = run(config)
    assert code == 0
    for line in (
        "undeclared user guest: left alone",
        "undeclared index template theirs: left alone",
        "undeclared setting cluster.routing.allocation.enable: left alone",
    ):
        assert line in said
    assert secured(cluster, "internalusers", "guest")["description"] == "someone's"
    assert cluster.ask("GET", "/_index_template/theirs")["index_templates"]


def test_settings_that_are_only_accepted_together_are_set_together(
    run: Run, config: ConfigureConfig, cluster: OpenSearch
) -> None:
    watermark = "cluster.routing.allocation.disk.watermark"
    together = {f"{watermark}.low": "3gb", f"{watermark}.high": "2gb", f"{watermark}.flood_stage": "1gb"}
    assert run(replace(config, cluster_settings=together))[0] == 0
    assert cluster.ask("GET", "/_cluster/settings?flat_settings=true")["persistent"] == together


def test_a_refused_setting_leaves_all_settings_as_they_were(
    run: Run, config: ConfigureConfig, cluster: OpenSearch
) -> None:
    code, said, complaints = run(replace(config, cluster_settings={**config.cluster_settings, "no.such.setting": 1}))
    assert code == 1
    assert complaints.count("\n") == 1
    assert "persistent setting [no.such.setting], not recognized" in complaints
    assert cluster.ask("GET", "/_cluster/settings")["persistent"] == {}
    assert "created    repository snapshots" in said
