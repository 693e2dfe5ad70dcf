"""What is declared and written for the collector."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase

import pytest
from pydantic import ValidationError

from components.observability.collector.agent_configuration import agent_configuration, file_log
from components.observability.collector.gateway import CollectorGateway
from components.observability.collector.masking import KEY_PATTERNS, NO_SECRETS, VALUE_PATTERNS
from components.observability.collector.vendor import ALLOWED_KEYS
from components.settings.patterns import TOKEN_COUNTS
from components.stores.opensearch.log_pipeline_configuration import BUFFERED
from tests.harness.declare import STACKS, real_stack, stack_settings
from tests.live.collector import rendered_gateway
from tests.live.documented import LoadBalancing
from tests.live.lines import INNOCENT


def agent():
    return agent_configuration(CollectorGateway.endpoint)


def written(stack, name):
    (found,) = [one for one in real_stack(stack).of_kind("ConfigMap") if one.name == name]
    return found.inputs["data"]["collector.yaml"]


def test_what_can_not_be_built_here_has_only_keys_that_are_documented():
    LoadBalancing.model_validate(agent()["exporters"]["load_balancing"])


@pytest.mark.parametrize("wrong", [{"routing_keys": "traceID"}, {"routing_key": "pod"}, {"resolver": {"k8s": {}}}])
def test_the_model_refuses_what_is_not_documented(wrong):
    with pytest.raises(ValidationError):
        LoadBalancing.model_validate({**agent()["exporters"]["load_balancing"], **wrong})


@pytest.mark.parametrize("role", ["collector", "collector-gateway"])
@pytest.mark.parametrize("stack", STACKS)
def test_the_configuration_fits_its_object_and_holds_no_secret(stack, role):
    text = written(stack, role)
    assert len(text.encode()) < 900_000
    assert "value of" not in text


def test_the_vendors_token_is_a_file_that_only_the_gateway_mounts():
    header = json.loads(written("prod", "collector-gateway"))["exporters"]["otlp_http/vendor"]["headers"]
    assert header == {"authorization": "${file:/etc/ballast/vendor/password}"}
    (gateway,) = [one for one in real_stack("prod").of_kind("StatefulSet") if one.object_name == "collector-gateway"]
    assert gateway.pod is not None
    mounts = {mount["name"]: mount["mountPath"] for mount in gateway.pod["containers"][0]["volumeMounts"]}
    assert mounts["vendor"] == "/etc/ballast/vendor"
    assert "otlp_http/vendor" not in json.loads(written("dev", "collector-gateway"))["exporters"]


@pytest.mark.parametrize("stack", STACKS)
def test_memory_is_limited_first_and_everywhere(stack):
    for role in ("collector", "collector-gateway"):
        pipelines = json.loads(written(stack, role))["service"]["pipelines"]
        entries = [one for one in pipelines.values() if "otlp" in one["receivers"]]
        assert len(entries) == 3
        assert {one["processors"][0] for one in entries} == {"memory_limiter"}


@pytest.mark.parametrize("stack", STACKS)
def test_traces_are_masked_before_they_are_sampled_and_the_vendors_are_masked_twice(stack):
    rendered = rendered_gateway(stack_settings(stack))
    pipelines = rendered["service"]["pipelines"]
    order = pipelines["traces"]["processors"]
    assert order[-3:] == ["redaction/masks", "transform/span_texts", "tail_sampling"]
    assert "redaction/masks" in pipelines["logs"]["processors"]
    for name, pipeline in pipelines.items():
        if "otlp_http/vendor" in pipeline["exporters"]:
            assert name == "traces/vendor"
            assert pipeline["receivers"] == ["forward/vendor"]
            assert pipeline["processors"][0] == "redaction/vendor"
    sampling = rendered["processors"]["tail_sampling"]
    assert min(sampling["decision_cache"].values()) > sampling["num_traces"]


def test_every_exporter_waits_on_the_disk_and_holds_up_nobody():
    exporters = [*rendered_gateway(stack_settings("prod"))["exporters"].values(), *agent()["exporters"].values()]
    for exporter in exporters:
        assert exporter["sending_queue"]["storage"] == "file_storage"
        assert exporter["sending_queue"]["block_on_overflow"] is False
        assert exporter["retry_on_failure"]["enabled"] is True


def test_the_agent_reads_files_it_may_not_write_and_only_looks_at_pods():
    (daemon,) = [one for one in real_stack("prod").of_kind("DaemonSet") if one.object_name == "collector"]
    assert daemon.pod is not None
    mounts = {mount["name"]: mount for mount in daemon.pod["containers"][0]["volumeMounts"]}
    assert mounts["logs"] == {"name": "logs", "mountPath": "/var/log/pods", "readOnly": True}
    (role,) = [one for one in real_stack("prod").of_kind("ClusterRole") if one.name == "collector"]
    assert {verb for rule in role.inputs["rules"] for verb in rule["verbs"]} == {"get", "list", "watch"}
    assert {kind for rule in role.inputs["rules"] for kind in rule["resources"]} == {
        "pods",
        "namespaces",
        "replicasets",
    }


def test_nothing_is_sent_on_before_the_pods_are_known():
    assert agent()["processors"]["k8s_attributes"]["wait_for_metadata"] is True


def test_the_collectors_own_logs_are_not_read_so_that_no_line_breeds_another():
    excluded = file_log()["exclude"]
    for stack in STACKS:
        for kind, name in (("DaemonSet", "collector"), ("StatefulSet", "collector-gateway")):
            (found,) = [one for one in real_stack(stack).of_kind(kind) if one.object_name == name]
            log = f"/var/log/pods/{found.namespace}_{found.object_name}-x2k4v_uid/collector/0.log"
            assert any(fnmatchcase(log, pattern) for pattern in excluded)


def test_what_is_always_masked_touches_no_count_of_tokens_and_the_vendor_gets_them_all():
    open_keys = [re.compile(pattern) for pattern in NO_SECRETS]
    for name in TOKEN_COUNTS:
        assert not [one for one in KEY_PATTERNS if re.search(one, name)] or any(one.search(name) for one in open_keys)
    for line in INNOCENT:
        assert not [pattern for pattern in VALUE_PATTERNS if re.search(pattern, line)], line
    assert set(TOKEN_COUNTS) <= set(ALLOWED_KEYS)


def test_a_batch_of_logs_always_fits_the_buffer_of_data_prepper():
    written_down = json.loads(written("prod", "collector-gateway"))
    largest = written_down["exporters"]["otlp_grpc/data-prepper"]["sending_queue"]["batch"]["max_size"]
    # Two times, a severity, a body of a word, and the ids of trace and span: no record of ours is shorter.
    smallest_record = 41
    assert largest / smallest_record <= BUFFERED
