from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from components.search.jobs.client import Client
from components.search.jobs.configure import configure
from components.search.jobs.report import Report
from components.search.jobs.waiting import Deadline
from tests.harness.json_server import Trouble
from tests.search_jobs.conftest import PASSWORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.search.jobs.orders import Orders
    from tests.harness.json_server import JsonServer
    from tests.harness.opensearch import OpenSearch
    from tests.harness.search_plugins import SearchPlugins

    Run = Callable[[dict[str, Any]], tuple[int, str, str]]

pytestmark = pytest.mark.opensearch


@pytest.fixture
def desired(cluster: OpenSearch) -> dict[str, Any]:
    return {
        "endpoint": "http://unused",
        "nodes": 3,
        "roles": {"metrics": {"cluster_permissions": ["cluster_monitor"], "index_permissions": []}},
        "users": {
            "admin": {"secret": "admin", "backendRoles": ["admin"], "description": "People"},
            "automation": {"secret": "automation", "backendRoles": [], "description": "Policies"},
        },
        "policyOwner": "automation",
        "roleMappings": {"all_access": {"users": [], "backend_roles": ["admin"]}},
        "clusterSettings": {"action.destructive_requires_name": True, "cluster.max_shards_per_node": 500},
        "repositories": {"snapshots": {"type": "fs", "settings": {"location": str(cluster.repositories / "a")}}},
        "indexTemplates": {
            "logs": {
                "index_patterns": ["logs-*"],
                "priority": 100,
                "template": {"settings": {"index.number_of_shards": "1", "index.number_of_replicas": "2"}},
            }
        },
        "ismPolicies": {
            "logs": {
                "policy": {
                    "description": "30 days",
                    "default_state": "live",
                    "ism_template": [{"index_patterns": ["logs-*"], "priority": 100}],
                    "states": [
                        {
                            "name": "live",
                            "actions": [],
                            "transitions": [{"state_name": "gone", "conditions": {"min_index_age": "30d"}}],
                        },
                        {"name": "gone", "actions": [{"delete": {}}], "transitions": []},
                    ],
                }
            }
        },
        "snapshotPolicies": {
            "hourly": {
                "enabled": True,
                "creation": {"schedule": {"cron": {"expression": "0 * * * *", "timezone": "UTC"}}, "time_limit": "1h"},
                "deletion": {"condition": {"max_age": "48h", "min_count": 1}},
                "snapshot_config": {"repository": "snapshots", "indices": "*"},
            }
        },
    }


@pytest.fixture
def run(orders: Callable[[dict[str, Any]], Orders], search: JsonServer, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the job and return its exit code, what it said, and what it complained of; no password in either."""

    def once(desired: dict[str, Any]) -> tuple[int, str, str]:
        report = Report()
        client = Client(endpoint=search.url, pause=0.01)
        configure(orders(desired), client, report, Deadline.after(20, pause=0.05))
        code = report.close()
        said = capsys.readouterr()
        assert not [word for word in PASSWORDS.values() if word in said.out + said.err]
        return code, said.out, said.err

    return once


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


def test_a_busy_server_is_asked_again(run: Run, desired: dict[str, Any], search: JsonServer) -> None:
    search.misbehave(3, Trouble(status=503, path="/roles/metrics"))
    search.misbehave(2, Trouble(status=429, path="/internalusers/admin"))
    code, said, _ = run(desired)
    assert code == 0
    assert "10 created" in said
    assert not search.troubles


def test_a_server_fault_is_one_complaint_with_its_path(run: Run, desired: dict[str, Any], search: JsonServer) -> None:
    search.misbehave(1, Trouble(status=500, body={"message": "boom"}, path="/rolesmapping/all_access"))
    code, said, complaints = run(desired)
    assert code == 1
    assert complaints == (
        "failed     role mapping all_access: GET /_plugins/_security/api/rolesmapping/all_access answered 500: boom\n"
    )
    assert "9 created" in said


def test_a_write_whose_answer_was_lost_counts_as_done(
    run: Run,
    desired: dict[str, Any],
    search: JsonServer,
    plugins: SearchPlugins,
) -> None:
    run(desired)
    plugins.snapshots.documents["hourly"]["sm_policy"]["enabled"] = False
    search.misbehave(1, Trouble(drop_answer=True, path="/_plugins/_sm/policies/hourly?"))
    code, _, complaints = run(desired)
    assert (code, complaints) == (0, "")
    assert plugins.snapshots.documents["hourly"]["sm_policy"]["enabled"] is True


def test_a_password_that_the_plugin_refuses_is_not_repeated_in_the_complaint(
    run: Run,
    desired: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("components.search.jobs.orders.Orders.password", lambda _self, _name: "short")
    code, _, complaints = run(desired)
    assert code == 1
    assert (
        "user admin: PUT /_plugins/_security/api/internalusers/admin answered 400: Weak password [secret]" in complaints
    )
    assert "policy logs: not tried, because its owner automation could not be made" in complaints
    assert "short" not in complaints


def test_a_missing_password_file_is_named(run: Run, desired: dict[str, Any]) -> None:
    desired["users"]["ghost"] = {"secret": "ghost", "backendRoles": [], "description": ""}
    code, _, complaints = run(desired)
    assert code == 1
    assert "/secrets/ghost: the password can't be read (No such file or directory)" in complaints
