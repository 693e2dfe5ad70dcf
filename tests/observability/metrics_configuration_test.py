"""What the real operator makes of the declared Prometheus is accepted by the real promtool, and says what it should."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.harness.cluster import need_programs
from tests.harness.declare import real_stack, stack_settings
from tests.harness.operated import Generated, generated_prometheus, objects_of, read_object
from toolchain.cluster_objects import DEFAULT_ZONES
from toolchain.toolbox import require

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from toolchain.cluster import Cluster

pytestmark = pytest.mark.programs
STACKS = ("dev", "prod")
ACCEPTED = 0


@pytest.fixture(scope="module", params=STACKS)
def made(request: pytest.FixtureRequest, local_cluster: Cluster) -> Iterator[tuple[str, Generated, Cluster]]:
    """Name of the stack, what the operator made of it, and where."""
    recording = real_stack(request.param)
    # Its pods are spread over the zones of its stack file.
    local_cluster.label_zones(stack_settings(request.param).cluster.zones)
    with objects_of(recording, local_cluster):
        yield request.param, generated_prometheus(recording, local_cluster), local_cluster
    local_cluster.label_zones(DEFAULT_ZONES)


def judged(configuration: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    """What promtool says; of files that exist in pods only, it looks at the names."""
    need_programs("promtool")
    path = folder / "prometheus.yaml"
    path.write_text(yaml.safe_dump(configuration, sort_keys=False))
    return subprocess.run(
        [str(require("promtool")), "check", "config", "--lint=all", "--lint-fatal", "--syntax-only", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )


def broken(configuration: dict[str, Any], **wrong: object) -> dict[str, Any]:
    return {**configuration, "global": {**configuration["global"], **wrong}}


def test_promtool_accepts_it(made, tmp_path):
    _, generated, _ = made
    result = judged(generated.configuration, tmp_path)
    assert result.returncode == ACCEPTED, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"scrape_timeout": "2h"}, "scrape timeout greater than scrape interval"),
        ({"sample_limits": 5}, "field sample_limits not found"),
        ({"external_labels": {"bad name\n": "x", "": "y"}}, "is not a valid"),
    ],
)
def test_promtool_refuses_what_is_wrong(made, tmp_path, wrong, complaint):
    _, generated, _ = made
    result = judged(broken(generated.configuration, **wrong), tmp_path)
    assert result.returncode != ACCEPTED
    assert complaint in result.stdout + result.stderr


def test_promtool_refuses_a_job_that_only_the_program_writes(made, tmp_path):
    _, generated, _ = made
    jobs = generated.configuration["scrape_configs"]
    kubelet = next(job for job in jobs if job["job_name"] == "kubelet")
    wrong = {**kubelet, "job_name": "another", "authorization": {"token_file": "/a"}}
    result = judged({**generated.configuration, "scrape_configs": [*jobs, wrong]}, tmp_path)
    assert result.returncode != ACCEPTED
    assert "token_file" in result.stdout + result.stderr


def test_every_limit_and_label_arrives_in_the_file(made):
    name, generated, _ = made
    told, settings = generated.configuration["global"], stack_settings(name)
    assert told["sample_limit"] >= 20_000
    limits = ("target_limit", "label_limit", "label_name_length_limit", "label_value_length_limit")
    assert all(told[limit] > 0 for limit in limits)
    assert told["body_size_limit"] == "50MB"
    assert told["external_labels"] == {
        "environment": name,
        "cluster": settings.cluster.context or "local",
        "prometheus_replica": "$(POD_NAME)",
    }
    assert told["scrape_interval"] == settings.prometheus.scrape_interval.text


def test_no_job_has_a_limit_above_that_of_all(made):
    _, generated, _ = made
    most = generated.configuration["global"]["sample_limit"]
    for job in generated.configuration["scrape_configs"]:
        assert 0 < job.get("sample_limit", most) <= most


def test_metrics_are_kept_as_long_as_the_stack_file_says_and_no_larger_than_the_disk_bears(made):
    name, generated, _ = made
    settings = stack_settings(name).prometheus
    assert f"--storage.tsdb.retention.time={settings.retention}" in generated.arguments
    (size,) = (word.partition("=")[2] for word in generated.arguments if "retention.size" in word)
    assert int(size.removesuffix("MB")) * 2**20 <= settings.disk * 0.8
    assert generated.configuration["storage"]["tsdb"]["out_of_order_time_window"] == "30m"


def test_what_is_pushed_is_taken_and_exemplars_are_kept(made):
    _, generated, _ = made
    assert {"--web.enable-otlp-receiver", "--web.enable-remote-write-receiver"} <= set(generated.arguments)
    (features,) = (word.partition("=")[2] for word in generated.arguments if word.startswith("--enable-feature="))
    assert set(features.split(",")) == {"exemplar-storage", "memory-snapshot-on-shutdown", "otlp-deltatocumulative"}
    assert generated.configuration["storage"]["exemplars"]["max_exemplars"] > 0
    assert "promote_all_resource_attributes" not in generated.configuration["otlp"]
    assert "service.name" in generated.configuration["otlp"]["promote_resource_attributes"]


def test_every_monitor_of_the_stack_and_both_jobs_of_nodes_are_in_it(made):
    name, generated, _ = made
    jobs = {job["job_name"] for job in generated.configuration["scrape_configs"]}
    monitors = {
        f"podMonitor/{m.namespace}/{m.object_name}/{place}"
        for m in real_stack(name).of_kind("PodMonitor")
        for place, _ in enumerate(m.inputs["spec"]["podMetricsEndpoints"])
    }
    assert len(monitors) > 5
    assert jobs == monitors | {"kubelet", "cadvisor"}


def test_alerts_go_to_every_alertmanager_and_without_the_label_in_which_replicas_differ(made):
    _, generated, _ = made
    alerting = generated.configuration["alerting"]
    assert {"action": "labeldrop", "regex": "prometheus_replica"} in alerting["alert_relabel_configs"]
    (group,) = alerting["alertmanagers"]
    assert {r["regex"] for r in group["relabel_configs"]} == {"alertmanager-operated", "web"}
    assert "static_configs" not in group


def test_the_pods_are_admitted_as_restricted_within_the_quota_and_their_claims_are_those_that_grow(made):
    name, _, cluster = made
    cluster.kubectl("-n", "observability", "wait", "prometheus/metrics", "--for=condition=Available", "--timeout=60s")
    for ordinal in range(stack_settings(name).prometheus.replicas):
        assert read_object(cluster, "pvc", f"data-prometheus-metrics-{ordinal}")["status"]["phase"] == "Bound"
    template = read_object(cluster, "statefulset", "prometheus-metrics")["spec"]["template"]
    assert template["metadata"]["labels"]["app.kubernetes.io/component"] == "prometheus"
    assert template["spec"]["terminationGracePeriodSeconds"] == 600
    server = next(c for c in template["spec"]["containers"] if c["name"] == "prometheus")
    assert server["startupProbe"]["failureThreshold"] * server["startupProbe"]["periodSeconds"] == 1800
