"""Tempo as it is declared. No Tempo can run here: a strict model and golden files stand in for it."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from components.foundation.connections import ExternalEndpoint
from components.foundation.data_protection import DataProtection
from components.observability.collector.settings import LONGEST_TRACE
from components.observability.tempo.configuration import tempo_configuration
from components.observability.tempo.server import TempoServer, TempoServerArgs
from components.settings.limits import LIMITS
from components.settings.quantities import Duration
from tests.harness.declare import STACKS, declare, stack_settings
from tests.harness.tempo_model import TempoConfiguration

GOLDEN = Path(__file__).parents[1] / "observability" / "golden"
REPLICA = "http://prometheus-metrics-{}.prometheus-operated.observability.svc:9090"


def replicas(stack):
    return [REPLICA.format(number) for number in range(stack.prometheus.replicas)]


def configured(name, **changes):
    stack = stack_settings(name)
    return tempo_configuration(stack.tempo.model_copy(update=changes), replicas(stack), name)


def declared(name):
    made = []
    stack = stack_settings(name)

    def build():
        args = TempoServerArgs(
            settings=stack.tempo,
            image="grafana/tempo:3",
            prometheus_urls=replicas(stack),
            environment=name,
            cluster=stack_settings("dev").cluster,
            protection=DataProtection(protected=True),
        )
        made.append(TempoServer("tempo", args))

    return declare(build), made[0]


@pytest.fixture(scope="module")
def prod():
    return declared("prod")


def container(recording):
    (found,) = recording.one("StatefulSet", "tempo").pod["containers"]
    return found


@pytest.mark.parametrize("name", STACKS)
def test_every_key_is_one_that_tempo_documents(name):
    TempoConfiguration.model_validate(configured(name))


@pytest.mark.parametrize(
    "path",
    [
        ("ingester",),  # of Tempo 2
        ("compactor",),
        ("overrides", "defaults", "ingestion_rate_limit_bytes"),  # flat, of Tempo 2
        ("backend_worker", "compaction", "retention"),
        ("storage", "trace", "s3", "native_aws_auth_enabled"),  # deprecated
    ],
)
def test_the_model_refuses_keys_that_would_stop_tempo(path):
    wrong = copy.deepcopy(configured("prod"))
    place = wrong
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = {}
    with pytest.raises(ValidationError, match=path[-1]):
        TempoConfiguration.model_validate(wrong)


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_the_file_is_the_one_that_was_read_by_eye(name):
    assert yaml.safe_load((GOLDEN / f"tempo-{name}.yaml").read_text(encoding="utf-8")) == configured(name)


@pytest.mark.parametrize(("span", "written"), [(30 * 86400, "720h"), (5400, "5400s")])
def test_retention_is_written_where_it_deletes_and_not_where_it_only_looks_so(span, written):
    made = configured("prod", retention=Duration(span))
    assert made["backend_worker"]["compaction"]["block_retention"] == written
    assert made["overrides"]["defaults"]["compaction"]["block_retention"] == written
    assert made["query_frontend"]["search"]["max_duration"] == written, "what is kept can be searched"
    assert "provider" not in made["backend_scheduler"]


def test_metrics_of_traces_reach_every_replica_with_exemplars_and_without_a_tenant():
    storage = configured("prod")["metrics_generator"]["storage"]
    assert len(storage["remote_write"]) == stack_settings("prod").prometheus.replicas >= 2
    assert len({place["url"] for place in storage["remote_write"]}) == len(storage["remote_write"])
    assert all(place["send_exemplars"] for place in storage["remote_write"])
    assert storage["remote_write_add_org_id_header"] is False


def test_a_trace_that_was_waited_for_the_longest_still_counts_in_metrics():
    slack = Duration.parse(configured("prod")["metrics_generator"]["metrics_ingestion_time_range_slack"])
    assert slack > LONGEST_TRACE
    assert slack > LIMITS["collector.sampling.slow"].most + LIMITS["collector.sampling.wait"].most


def test_a_bucket_in_china_is_asked_in_its_domain():
    bucket = stack_settings("prod").tempo.s3
    assert bucket is not None
    made = configured("prod", s3=bucket.model_copy(update={"region": "cn-north-1"}))
    assert made["storage"]["trace"]["s3"]["endpoint"] == "s3.cn-north-1.amazonaws.com.cn"


def test_what_a_sender_adds_is_bounded():
    limits = configured("prod")["overrides"]["defaults"]
    assert limits["metrics_generator"]["max_active_series"] < stack_settings("prod").prometheus.series
    assert limits["metrics_generator"]["max_cardinality_per_label"] > 0
    assert limits["ingestion"]["burst_size_bytes"] >= limits["global"]["max_bytes_per_trace"]


def test_all_that_it_writes_lies_on_its_volume(prod):
    recording, _ = prod
    (path,) = [mount["mountPath"] for mount in container(recording)["volumeMounts"] if mount["name"] == "data"]
    made = configured("dev")
    folders = [
        made["live_store"]["wal"]["path"],
        made["live_store"]["shutdown_marker_dir"],
        made["backend_scheduler"]["local_work_path"],
        made["metrics_generator"]["storage"]["path"],
        made["storage"]["trace"]["wal"]["path"],
        made["storage"]["trace"]["local"]["path"],
    ]
    assert all(folder.startswith(f"{path}/") for folder in folders)
    assert len(set(folders)) == len(folders)


def test_it_listens_where_its_service_says_and_is_watched_there(prod):
    recording, _ = prod
    ports = {port["name"]: port["containerPort"] for port in container(recording)["ports"]}
    assert ports == {port["name"]: port["port"] for port in recording.one("Service", "tempo").inputs["spec"]["ports"]}
    made = configured("prod")
    assert ports["http"] == made["server"]["http_listen_port"]
    assert made["distributor"]["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"] == f":{ports['otlp-grpc']}"
    (watched,) = recording.one("PodMonitor", "tempo-http").inputs["spec"]["podMetricsEndpoints"]
    assert (watched["port"], watched["path"]) == ("http", "/metrics")


def test_it_runs_the_file_that_is_mounted(prod):
    recording, _ = prod
    file = yaml.safe_load(recording.one("ConfigMap", "tempo-configuration").inputs["data"]["tempo.yaml"])
    assert file == configured("prod")
    (mounted,) = [m["mountPath"] for m in container(recording)["volumeMounts"] if m["name"] == "configuration"]
    assert container(recording)["args"] == [f"-config.file={mounted}/tempo.yaml"]


def outside(server):
    servers = [connection.server for connection in server.connections]
    return [server.cidrs for server in servers if isinstance(server, ExternalEndpoint)]


def test_it_reaches_an_object_store_only_where_it_has_a_bucket(prod):
    bucket = stack_settings("prod").tempo.s3
    assert bucket is not None
    assert outside(prod[1]) == [tuple(bucket.egress_cidrs)]
    assert outside(declared("dev")[1]) == []


def test_where_pods_have_addresses_of_ipv6_it_looks_for_its_own_among_those():
    stack = stack_settings("prod")
    made = tempo_configuration(stack.tempo, replicas(stack), "prod", ipv6=True)
    found = TempoConfiguration.model_validate(made)
    assert found.live_store.ring is not None
    assert made["metrics_generator"]["ring"] == {"enable_inet6": True}
