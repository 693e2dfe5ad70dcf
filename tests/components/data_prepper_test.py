"""Data Prepper as it is declared. It can't run here: a strict model and golden files stand in for it."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from pathlib import Path

import pulumi
import pytest
import yaml
from pydantic import ValidationError

from components.settings.quantities import Bytes
from components.stores.opensearch import log_pipeline_configuration as files
from components.stores.opensearch.cluster import OpenSearchCluster
from components.stores.opensearch.log_pipeline import LogPipeline, LogPipelineArgs
from components.stores.opensearch.search_endpoint import SearchEndpoint
from tests.harness.data_prepper_model import Pipelines, Server
from tests.harness.declare import declare, stack_settings
from tests.harness.json_server import JsonServer

GOLDEN = Path(__file__).parents[1] / "observability" / "golden"
URL = "https://opensearch.opensearch.svc:9200"
PASSWORD = "a long password: with 'signs' # in it"  # noqa: S105 - of nobody


def prepper():
    found = stack_settings("prod").data_prepper
    assert found is not None
    return found


def pipelines():
    return files.pipelines(prepper(), URL, PASSWORD)


@pytest.fixture(scope="module")
def declared():
    def build():
        args = LogPipelineArgs(
            settings=prepper(),
            image="opensearchproject/data-prepper:2",
            opensearch=SearchEndpoint(
                url=pulumi.Output.from_input(URL),
                authority=pulumi.Output.from_input("opensearch-http"),
                server=OpenSearchCluster.members,
            ),
            password=pulumi.Output.secret(PASSWORD),
        )
        LogPipeline("data-prepper", args)

    return declare(build)


@pytest.fixture(scope="module")
def container(declared):
    (found,) = declared.one("Deployment", "data-prepper").pod["containers"]
    return found


def test_every_key_is_one_that_data_prepper_knows():
    Pipelines.model_validate(pipelines())
    Server.model_validate(files.server(prepper()))


@pytest.mark.parametrize("key", ["ism_policy_file", "template_type", "insecure", "trace_analytics_raw"])
def test_the_model_refuses_what_the_sink_must_not_be_told(key):
    wrong = pipelines()
    wrong["logs"]["sink"][0]["opensearch"][key] = "x"
    with pytest.raises(ValidationError, match=key):
        Pipelines.model_validate(wrong)


def test_the_files_are_the_ones_that_were_read_by_eye():
    shown = files.pipelines(prepper(), URL, "of the user `logs`")
    golden = yaml.safe_load((GOLDEN / "data-prepper-prod.yaml").read_text(encoding="utf-8"))
    assert golden == {"pipelines.yaml": shown, "data-prepper-config.yaml": files.server(prepper())}


def test_the_password_is_in_a_secret_and_nowhere_else(declared):
    secret = declared.one("Secret", "data-prepper-pipelines")
    sink = yaml.safe_load(secret.inputs["stringData"]["pipelines.yaml"])["logs"]["sink"][0]["opensearch"]
    assert (sink["username"], sink["password"]) == ("logs", PASSWORD)
    assert any(path.startswith("stringData") for path in secret.secret_paths)
    others = [resource.inputs for resource in declared.resources if resource is not secret]
    assert "a long password" not in json.dumps(others)


def test_templates_and_lifecycles_have_one_owner_and_the_index_is_one_that_is_deleted():
    sink = pipelines()["logs"]["sink"][0]["opensearch"]
    assert sink["index_type"] == "management_disabled"
    prod = stack_settings("prod").opensearch.indexes[prepper().index]
    assert prod.delete_after is not None
    prefix = sink["index"].removesuffix("%{yyyy.MM.dd}")
    assert f"{prefix}*" in prod.patterns


def test_its_files_lie_where_its_start_script_looks(declared, container):
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounts["pipelines"] == "/usr/share/data-prepper/pipelines"
    assert mounts["configuration"] == "/usr/share/data-prepper/config"
    data = declared.one("ConfigMap", "data-prepper-configuration").inputs["data"]
    assert set(data) == {"data-prepper-config.yaml", "log4j2-rolling.properties"}
    assert files.AUTHORITY.startswith(f"{mounts['authority']}/")


def test_it_writes_to_no_disk_but_its_own_tmp(declared, container):
    logging = declared.one("ConfigMap", "data-prepper-configuration").inputs["data"]["log4j2-rolling.properties"]
    assert set(re.findall(r"^appender\.\w+\.type = (\w+)$", logging, re.MULTILINE)) == {"Console"}
    assert [m["mountPath"] for m in container["volumeMounts"] if not m.get("readOnly")] == ["/tmp"]  # noqa: S108


@pytest.mark.parametrize("memory", [2**30, 2 * 2**30, 8 * 2**30])
def test_the_heap_is_half_of_the_memory_and_senders_are_told_to_wait_before_it_is_full(memory):
    settings = prepper().model_copy(update={"memory": Bytes(memory)})
    half = memory // 2**21
    assert files.java_options(settings).startswith(f"-Xms{half}m -Xmx{half}m ")
    usage = int(files.server(settings)["circuit_breakers"]["heap"]["usage"].removesuffix("mb"))
    assert half * 0.6 < usage < half * 0.8


def test_it_listens_where_senders_and_prometheus_look(declared, container):
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert pipelines()["logs"]["source"]["otel_logs_source"]["port"] == ports["otlp-logs"]
    assert files.server(prepper())["server_port"] == ports["metrics"]
    assert container["readinessProbe"]["grpc"] == {"port": ports["otlp-logs"]}
    (watched,) = declared.one("PodMonitor", "data-prepper-metrics").inputs["spec"]["podMetricsEndpoints"]
    assert (watched["port"], watched["path"]) == ("metrics", "/metrics/prometheus")
    assert declared.one("Service", "data-prepper").inputs["spec"]["clusterIP"] == "None"


class Draining:
    """Data Prepper's control port, which answers when all is written."""

    def __init__(self):
        self.asked = []
        self.written = threading.Event()

    def answer(self, request):
        self.asked.append((request.method, request.path))
        self.written.wait(20)
        return 200, ""


def test_before_it_ends_it_is_asked_to_write_what_it_holds_and_waited_for(declared, container):
    stub = Draining()
    with JsonServer(stub) as server:
        command = files.stop_command(int(server.url.rpartition(":")[2]))
        with subprocess.Popen(command) as asking:
            with pytest.raises(subprocess.TimeoutExpired):
                asking.wait(1)
            stub.written.set()
            assert asking.wait(10) == 0
    ((method, path),) = stub.asked
    assert method == "POST"
    assert path == f"/shutdown?bufferReadTimeout=1s&bufferDrainTimeout={files.DRAIN_SECONDS}s"
    assert container["lifecycle"]["preStop"]["exec"]["command"] == files.stop_command()
    grace = declared.one("Deployment", "data-prepper").pod["terminationGracePeriodSeconds"]
    assert grace > 3 * files.DRAIN_SECONDS, "the buffer, the processor and the sink each may take that long"
