"""Logs as Data Prepper writes them, put into a real server that the configure job has prepared for prod."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from components.stores.opensearch.jobs.config import ConfigureConfig
from components.stores.opensearch.log_pipeline_configuration import LOGS_ROLE, PARSED_CHARACTERS
from components.stores.opensearch.users import LOGS_USER
from tests.harness.told import told
from tests.opensearch_jobs.conftest import secured

if TYPE_CHECKING:
    from tests.harness.opensearch_client import OpenSearch
    from tests.opensearch_jobs.conftest import Run

pytestmark = pytest.mark.opensearch

TRACE = "0af7651916cd43dd8448eb211c80319c"
#: What the OpenTelemetry codec of Data Prepper 2.12 makes of a record: attributes at the top, with @ in place of dots.
LOG = {
    "time": "2026-11-21T10:00:00.123456789Z",
    "observedTimestamp": "2026-11-21T10:00:01Z",
    "traceId": TRACE,
    "spanId": TRACE[:16],
    "severityNumber": 9,
    "severityText": "INFO",
    "serviceName": "shop",
    "body": "order placed",
    "resource.attributes.k8s@namespace@name": "apps",
    "log.attributes.order@id": 7,
}


@pytest.fixture
def prepared(cluster: OpenSearch) -> OpenSearch:
    for name, template in told(ConfigureConfig, "opensearch-jobs-configure").index_templates.items():
        assert cluster.ask("PUT", f"/_index_template/{name}", template)["acknowledged"]
    return cluster


def write(cluster: OpenSearch, **changes: Any) -> str:
    answer = cluster.ask("POST", "/logs-2026.11.21/_doc?refresh=true", {**LOG, **changes})
    return answer.get("result") or answer["error"]["reason"]


def found(cluster: OpenSearch, **term: Any) -> int:
    return cluster.ask("POST", "/logs-*/_search", {"query": {"term": term}})["hits"]["total"]["value"]


def test_a_log_is_found_by_its_trace_its_namespace_its_words_and_its_parsed_fields(prepared: OpenSearch) -> None:
    assert write(prepared, body='{"status": "paid"}', parsed={"status": "paid"}) == "created"
    assert found(prepared, traceId=TRACE) == 1
    assert found(prepared, **{"resource.attributes.k8s@namespace@name": "apps"}) == 1
    assert found(prepared, **{"parsed.status": "paid"}) == 1
    assert found(prepared, body="paid") == 1


def test_applications_can_neither_add_fields_nor_refuse_each_others_logs(prepared: OpenSearch) -> None:
    write(prepared)
    before = prepared.ask("GET", "/logs-2026.11.21/_mapping")
    for number, value in enumerate([200, "ok", {"code": 1}, ["a", 1, None]]):
        attribute = {f"log.attributes.field@{number}": value, "log.attributes.status": value}
        assert write(prepared, parsed={"status": value}, **attribute) == "created"
    assert prepared.ask("GET", "/logs-2026.11.21/_mapping") == before


@pytest.mark.parametrize("character", ["x", "é", "語"])
def test_the_longest_body_that_is_parsed_is_accepted(prepared: OpenSearch, character: str) -> None:
    frame = '{"stack": ""}'
    value = character * (PARSED_CHARACTERS - len(frame))
    assert write(prepared, body=f'{{"stack": "{value}"}}', parsed={"stack": value}) == "created"


def test_a_value_that_is_much_longer_would_be_refused_so_the_limit_is_needed(prepared: OpenSearch) -> None:
    assert "immense term" in write(prepared, parsed={"stack": "x" * 40_000})
    assert write(prepared, body="x" * 200_000) == "created", "a body that isn't parsed has no limit"


def test_a_log_with_a_strange_date_is_kept(prepared: OpenSearch) -> None:
    assert write(prepared, observedTimestamp="yesterday") == "created"


def test_the_job_makes_the_user_and_its_role_once(run: Run, config: ConfigureConfig, cluster: OpenSearch) -> None:
    only = replace(
        config,
        users={name: config.users[name] for name in (config.policy_owner, LOGS_USER)},
        roles={LOGS_ROLE: config.roles[LOGS_ROLE]},
        role_mappings={LOGS_ROLE: config.role_mappings[LOGS_ROLE]},
        cluster_settings={},
        repositories={},
        snapshot_policies={},
    )
    code, _, complaints = run(only)
    assert (code, complaints) == (0, "")
    assert secured(cluster, "rolesmapping", LOGS_ROLE)["users"] == [LOGS_USER]
    assert secured(cluster, "roles", LOGS_ROLE)["index_permissions"][0]["index_patterns"] == ["logs-*"]
    assert "0 created, 0 updated" in run(only)[1]
