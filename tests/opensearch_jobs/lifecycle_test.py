"""Which indexes follow a lifecycle policy, and what its plugin keeps for itself."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.harness.json_server import Trouble
from tests.harness.opensearch_plugins import OWN_INDEX, Followed
from tests.opensearch_jobs.conftest import number, told_here

if TYPE_CHECKING:
    from components.stores.opensearch.jobs.config import ConfigureConfig
    from tests.harness.json_server import JsonServer
    from tests.harness.opensearch_client import OpenSearch
    from tests.harness.opensearch_plugins import OpenSearchPlugins
    from tests.opensearch_jobs.conftest import Run

pytestmark = pytest.mark.opensearch


@pytest.fixture
def config(config: ConfigureConfig) -> ConfigureConfig:
    """Return only what lifecycle policies need: their owner."""
    owner = {config.policy_owner: config.users[config.policy_owner]}
    return replace(config, users=owner, roles={}, role_mappings={}, repositories={}, snapshot_policies={})


def kept_for(config: ConfigureConfig, age: str) -> ConfigureConfig:
    policies = copy.deepcopy(config.ism_policies)
    policies["logs"]["policy"]["states"][0]["transitions"][0]["conditions"]["min_index_age"] = age
    return replace(config, ism_policies=policies)


def outcome(said: str) -> str:
    return next(line.split()[0] for line in said.splitlines() if line.endswith("lifecycle policy logs"))


def test_a_policy_and_each_change_of_it_reach_the_indexes_that_are_there(
    run: Run, config: ConfigureConfig, plugins: OpenSearchPlugins, cluster: OpenSearch
) -> None:
    cluster.ask("PUT", "/logs-older")
    cluster.ask("PUT", "/orders")
    assert outcome(run(config)[1]) == "created"
    cluster.ask("PUT", "/logs-newer")
    cluster.ask("PUT", "/logs-kept")
    plugins.age()
    plugins.managed["logs-kept"] = Followed("kept-for-a-court", 0)
    assert outcome(run(config)[1]) == "unchanged"
    assert outcome(run(kept_for(config, "7d"))[1]) == "updated"
    assert plugins.managed == {
        "logs-older": Followed("logs", 1),
        "logs-newer": Followed("logs", 1),
        "logs-kept": Followed("kept-for-a-court", 0),
    }
    assert outcome(run(kept_for(config, "7d"))[1]) == "unchanged"


def test_a_run_that_ended_between_the_policy_and_its_indexes_is_finished_by_the_next(
    run: Run, config: ConfigureConfig, plugins: OpenSearchPlugins, cluster: OpenSearch
) -> None:
    cluster.ask("PUT", "/logs-older")
    run(config)
    run(kept_for(config, "7d"))
    plugins.managed["logs-older"] = Followed("logs", 0)
    assert outcome(run(kept_for(config, "7d"))[1]) == "updated"
    assert plugins.managed["logs-older"] == Followed("logs", 1)


def test_an_index_that_keeps_its_old_version_is_named(
    run: Run, config: ConfigureConfig, search: JsonServer, cluster: OpenSearch
) -> None:
    cluster.ask("PUT", "/logs-older")
    run(config)
    moving = {"index_name": "logs-older", "index_uuid": "x", "reason": "Cannot change policy while transitioning"}
    body = {"updated_indices": 0, "failures": True, "failed_indices": [moving]}
    search.misbehave(1, Trouble(status=200, body=body, path="/change_policy/"))
    code, _, complaints = run(kept_for(config, "7d"))
    assert code == 1
    assert "lifecycle policy logs: 1 of its indexes keep what they followed before (logs-older: Cannot" in complaints


def test_more_indexes_than_a_path_holds_are_told_in_portions(
    run: Run, config: ConfigureConfig, plugins: OpenSearchPlugins, search: JsonServer, cluster: OpenSearch
) -> None:
    names = [f"logs-{'long' * 50}-{index}" for index in range(16)]
    for name in names:
        cluster.ask("PUT", f"/{name}", {"settings": {"number_of_replicas": 0}})
    assert run(config)[0] == 0
    told = [path for method, path in search.log if method == "POST" and "/_ism/add/" in path]
    assert len(told) == 2
    assert max(map(len, told)) < 4096
    assert sorted(plugins.managed) == sorted(names)


def test_what_the_plugin_makes_for_itself_is_at_home_on_one_node_and_follows_more(
    run: Run, plugins: OpenSearchPlugins, search: JsonServer, cluster: OpenSearch
) -> None:
    config = replace(told_here(cluster, "dev"), deadline_seconds=20)
    assert run(config)[0] == 0
    written = [path.partition("?")[0] for method, path in search.log if method == "PUT"]
    assert written.index("/_cluster/settings") < written.index("/_plugins/_ism/policies/logs")
    persistent = cluster.ask("GET", "/_cluster/settings?flat_settings=true")["persistent"]
    assert persistent["cluster.default_number_of_replicas"] == "0"
    assert plugins.settings == {"plugins.index_state_management.history.number_of_replicas": "0"}
    assert (
        cluster.ask("GET", f"/{OWN_INDEX}/_settings")[OWN_INDEX]["settings"]["index"]["auto_expand_replicas"] == "0-1"
    )


def test_an_index_that_the_plugin_made_before_is_mended_once(
    run: Run, config: ConfigureConfig, cluster: OpenSearch
) -> None:
    cluster.ask("PUT", f"/{OWN_INDEX}", {"settings": {"index.hidden": True, "number_of_replicas": 1}})
    cluster.ask("PUT", "/.ds-orders-000001", {"settings": {"number_of_replicas": 1}})
    code, said, _ = run(config)
    assert code == 0
    assert [line for line in said.splitlines() if line.startswith("updated ")] == [
        f"updated    copies of index {OWN_INDEX}"
    ]
    assert run(config)[1].endswith(f"0 created, 0 updated, {number(config)} unchanged, 0 left alone, 0 failed\n")
