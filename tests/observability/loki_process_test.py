"""A real Loki with the platform's configuration: what is found, by which label, and how far back."""

from __future__ import annotations

import json
import time

import pytest

from components.observability.stores.loki_configuration import LABELS
from tests.harness.loki import impatient, loki_settings, record, running

pytestmark = pytest.mark.programs

DAY = 86400
TRACE = "0af7651916cd43dd8448eb211c80319c"
RESOURCE = {
    "service.name": "shop",
    "service.namespace": "sales",
    "deployment.environment.name": "prod",
    "k8s.namespace.name": "apps",
    "k8s.cluster.name": "acme",
    "k8s.container.name": "web",
    "k8s.pod.name": "web-1",
    "service.instance.id": "web-1-abc",
    "acme.tenant": "t-1",
}


@pytest.fixture(scope="module")
def loki(tmp_path_factory):
    """Prod's configuration on a volume, because no bucket is within reach, with logs in it."""
    with running(loki_settings("prod", s3=None), tmp_path_factory.mktemp("loki"), impatient) as loki:
        now = time.time()
        assert loki.push(RESOURCE, record("order placed", at=now - 1, trace=TRACE, order_id="o-7"))[0] == 204
        assert loki.push({"k8s.container.name": "sidecar"}, record("nameless", at=now - 1))[0] == 204
        yield loki


def lines(streams):
    return [value[1] for stream in streams for value in stream["values"]]


def test_a_log_is_found_by_the_id_of_its_trace(loki):
    found = loki.query(f'{{service_name="shop"}} | trace_id="{TRACE}"', since=time.time() - 60)
    assert lines(found) == ["order placed"]
    assert loki.query('{service_name="shop"} | trace_id="another"', since=time.time() - 60) == []


def test_index_labels_are_exactly_the_closed_list(loki):
    found = json.loads(loki.ask("/loki/api/v1/labels")[1])["data"]
    assert sorted(found) == sorted(label.replace(".", "_") for label in LABELS)


@pytest.mark.parametrize("attribute", ["acme_tenant", "k8s_pod_name", "service_instance_id", "order_id"])
def test_what_is_not_on_the_list_is_found_and_is_no_stream_of_its_own(loki, attribute):
    stream = {"k8s_pod_name": "web-1", "service_instance_id": "web-1-abc", "acme_tenant": "t-1", "order_id": "o-7"}
    value = stream[attribute]
    since = time.time() - 60
    assert lines(loki.query(f'{{service_name="shop"}} | {attribute}="{value}"', since=since)) == ["order placed"]
    assert loki.query(f'{{{attribute}="{value}"}}', since=since) == []


def test_a_log_without_a_service_is_found_by_its_container(loki):
    assert lines(loki.query('{service_name="sidecar"}', since=time.time() - 60)) == ["nameless"]


def test_a_query_over_ninety_days_is_answered(loki):
    assert lines(loki.query('{service_name="shop"}', since=time.time() - 90 * DAY)) == ["order placed"]


def test_it_runs_with_the_retention_that_the_stack_file_names(loki):
    running_with = loki.settings()
    assert running_with["compactor"]["retention_enabled"] is True
    assert running_with["compactor"]["delete_request_store"] == "filesystem"
    limits = running_with["limits_config"]
    assert limits["retention_period"] == "30d"
    assert [(rule["selector"], rule["period"]) for rule in limits["retention_stream"]] == [
        ('{k8s_namespace_name="search"}', "90d")
    ]
    assert running_with["ingester"]["wal"]["replay_memory_ceiling"] == "3GB"
    assert limits["deletion_mode"] == "filter-only"
    assert running_with["analytics"]["reporting_enabled"] is False


def test_a_log_older_than_a_week_is_refused_by_name(loki):
    status, text = loki.push(RESOURCE, record("late", at=time.time() - 8 * DAY))
    assert status == 400
    assert "too old" in text


def test_a_line_that_is_too_long_is_cut_and_not_lost(loki):
    loki.push({**RESOURCE, "service.name": "wordy"}, record("x" * 300_000, at=time.time()))
    (line,) = lines(loki.query('{service_name="wordy"}', since=time.time() - 60))
    assert len(line) == 256 * 1024


def test_the_paths_of_the_probes_and_of_metrics_answer(loki):
    for path in ("/ready", "/loki/api/v1/status/buildinfo", "/metrics"):
        assert loki.ask(path)[0] == 200
