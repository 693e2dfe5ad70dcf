"""Loki as it is declared: its configuration, its pod, its way to the bucket. No Loki is run."""

from __future__ import annotations

import re

import pytest
import yaml

from components.foundation.data_protection import DataProtection
from components.observability.loki.configuration import LABELS, loki_configuration, selector
from components.observability.loki.server import LokiServer, LokiServerArgs
from components.observability.loki.settings import LogStreamSettings, LokiPeriodSettings
from components.settings.quantities import Bytes, Duration
from tests.harness.declare import STACKS, declare, loki_settings

DAY = 86400
TERABYTE = 2**40


def declared(name, **changes):
    made = []

    def build():
        args = LokiServerArgs(
            settings=loki_settings(name, **changes),
            image="grafana/loki:3",
            storage_class="retain",
            protection=DataProtection(protected=True),
        )
        made.append(LokiServer("loki", args))

    return declare(build), made[0]


@pytest.fixture(scope="module")
def prod():
    return declared("prod")


@pytest.fixture(scope="module")
def dev():
    return declared("dev")


def container(recording):
    (found,) = recording.one("StatefulSet", "loki").pod["containers"]
    return found


@pytest.mark.parametrize("name", STACKS)
def test_retention_is_enforced_and_not_only_wished_for(name):
    made = loki_configuration(loki_settings(name))
    (schema,) = made["schema_config"]["configs"]
    assert made["compactor"]["retention_enabled"] is True
    assert made["compactor"]["delete_request_store"] == schema["object_store"]
    assert made["limits_config"]["retention_period"] == f"{loki_settings(name).retention // 3600}h"
    assert schema["index"]["period"] == "24h"


def test_a_query_over_all_that_is_kept_is_within_the_limits():
    limits = loki_configuration(loki_settings("prod", retention=Duration(30 * DAY)))["limits_config"]
    assert limits["max_query_length"] == limits["max_query_lookback"] == f"{90 * 24 + 1}h", "a stream keeps 90 days"
    alone = loki_configuration(loki_settings("prod", retention=Duration(7 * DAY), streams={}))["limits_config"]
    assert alone["max_query_length"] == f"{7 * 24 + 1}h"


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        ({"namespace": "opensearch"}, '{k8s_namespace_name="opensearch"}'),
        ({"service": "shop"}, '{service_name="shop"}'),
        ({"namespace": "opensearch", "service": "shop"}, '{k8s_namespace_name="opensearch", service_name="shop"}'),
    ],
)
def test_a_stream_is_selected_by_index_labels_only(stream, expected):
    found = selector(LogStreamSettings(retention=Duration(DAY), **stream))
    assert found == expected
    assert set(re.findall(r"(\w+)=", found)) <= {label.replace(".", "_") for label in LABELS}


def test_a_service_in_a_namespace_wins_over_either_alone():
    streams = {
        "all": LogStreamSettings(retention=Duration(DAY), namespace="opensearch"),
        "one": LogStreamSettings(retention=Duration(2 * DAY), namespace="opensearch", service="shop"),
    }
    rules = loki_configuration(loki_settings("prod", streams=streams))["limits_config"]["retention_stream"]
    assert [(rule["priority"], rule["period"]) for rule in rules] == [(1, "24h"), (2, "48h")]


def test_the_list_of_index_labels_is_closed_short_and_without_what_is_unbounded():
    otlp = loki_configuration(loki_settings("prod"))["limits_config"]["otlp_config"]["resource_attributes"]
    assert otlp["ignore_defaults"] is True
    assert otlp["attributes_config"] == [{"action": "index_label", "attributes": list(LABELS)}]
    assert len(LABELS) <= 6
    assert not {label for label in LABELS if re.search("pod|instance|host|trace|id$", label)}


def test_the_write_ahead_log_is_read_within_three_quarters_of_the_memory():
    ceilings = {
        size: loki_configuration(loki_settings("prod", memory=Bytes(size)))["ingester"]["wal"]["replay_memory_ceiling"]
        for size in (512 * 2**20, TERABYTE)
    }
    assert ceilings == {512 * 2**20: "384MB", TERABYTE: f"{768 * 1024}MB"}


def test_nothing_is_sent_home_and_lines_are_never_removed_on_request():
    made = loki_configuration(loki_settings("prod"))
    assert made["analytics"]["reporting_enabled"] is False
    assert made["limits_config"]["deletion_mode"] == "filter-only"


def test_all_that_it_writes_lies_on_its_volume_and_nothing_in_the_root(prod):
    recording, _ = prod
    mounts = {mount["mountPath"]: mount for mount in container(recording)["volumeMounts"]}
    file = yaml.safe_load(recording.one("ConfigMap", "loki-configuration").inputs["data"]["loki.yaml"])
    assert mounts["/var/loki"]["name"] == "data"
    folders = [file["common"]["path_prefix"], file["compactor"]["working_directory"], file["ingester"]["wal"]["dir"]]
    assert all(folder.startswith("/var/loki") for folder in folders)
    assert {path for path, mount in mounts.items() if not mount.get("readOnly")} == {"/var/loki", "/tmp"}  # noqa: S108


def test_it_is_asked_whether_it_is_ready_and_killed_only_when_it_no_longer_answers(prod):
    found = container(prod[0])
    assert found["startupProbe"]["httpGet"]["path"] == found["readinessProbe"]["httpGet"]["path"] == "/ready"
    assert found["livenessProbe"]["httpGet"]["path"] != "/ready"
    assert found["startupProbe"]["periodSeconds"] * found["startupProbe"]["failureThreshold"] >= 15 * 60
    assert not [name for name in found if "Probe" in name and "exec" in found[name]]


def test_with_a_bucket_it_shows_its_own_token_to_the_token_service_of_its_region(prod):
    recording, server = prod
    bucket = loki_settings("prod").s3
    assert bucket is not None
    variables = {entry["name"]: entry.get("value") for entry in container(recording)["env"]}
    account = recording.one("ServiceAccount", "loki").inputs
    assert variables["AWS_ROLE_ARN"] == account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
    assert variables["AWS_REGION"] == bucket.region
    folder = variables["AWS_WEB_IDENTITY_TOKEN_FILE"].rpartition("/")[0]
    assert folder in {mount["mountPath"] for mount in container(recording)["volumeMounts"]}
    assert account["automountServiceAccountToken"] is False
    assert [connection.server.cidrs for connection in server.connections] == [tuple(bucket.egress_cidrs)]


def test_a_bucket_in_china_is_asked_in_its_domain():
    settings = loki_settings("prod")
    assert settings.s3 is not None
    there = settings.model_copy(update={"s3": settings.s3.model_copy(update={"region": "cn-northwest-1"})})
    assert "s3.cn-northwest-1.amazonaws.com.cn" in str(loki_configuration(there))


def test_after_a_move_it_reaches_both_buckets_by_one_role():
    first = loki_settings("prod").s3
    assert first is not None
    second = first.model_copy(update={"bucket": "acme-larger", "egress_cidrs": ("10.99.0.0/16",)})
    period = LokiPeriodSettings.model_validate({"from": "2026-01-01", "s3": second})
    recording, server = declared("prod", periods={"larger": period})
    assert [getattr(connection.server, "cidrs", None) for connection in server.connections] == [
        tuple(first.egress_cidrs),
        ("10.99.0.0/16",),
    ]
    tokens = [mount for mount in container(recording)["volumeMounts"] if mount["name"] == "aws-token"]
    assert len(tokens) == 1


def test_without_a_bucket_it_reaches_nothing_outside(dev):
    recording, server = dev
    assert server.connections == []
    assert not [entry for entry in container(recording)["env"] if entry["name"].startswith("AWS")]
    file = yaml.safe_load(recording.one("ConfigMap", "loki-configuration").inputs["data"]["loki.yaml"])
    assert file["schema_config"]["configs"][0]["object_store"] == "filesystem"


def test_prometheus_finds_it_where_it_listens(prod):
    recording, _ = prod
    (watched,) = recording.one("PodMonitor", "loki-http").inputs["spec"]["podMetricsEndpoints"]
    assert {port["name"]: port["containerPort"] for port in container(recording)["ports"]} == {watched["port"]: 3100}
