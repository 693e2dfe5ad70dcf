"""The programs of the observability stack: built as asked, and complete."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.harness.cluster import need_programs
from toolchain.paths import MODULES
from toolchain.recipes import ALERTMANAGER_VERSION, OPERATOR_VERSION, PROMETHEUS_VERSION
from toolchain.toolbox import require

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.programs
VERSIONS = {
    "prometheus-operator": OPERATOR_VERSION,
    "promtool": PROMETHEUS_VERSION,
    "prometheus": PROMETHEUS_VERSION,
    "amtool": ALERTMANAGER_VERSION,
    "alertmanager": ALERTMANAGER_VERSION,
    "otelcol": "0.155.0",
}
COMPONENTS = {
    "receivers": ["file_log", "otlp"],
    "processors": [
        "batch",
        "filter",
        "k8s_attributes",
        "memory_limiter",
        "redaction",
        "resource",
        "tail_sampling",
        "transform",
    ],
    "exporters": ["debug", "otlp_grpc", "otlp_http"],
    "connectors": ["forward", "span_metrics"],
    "extensions": ["file_storage", "health_check"],
}


def run(name: str, *args: str) -> subprocess.CompletedProcess[str]:
    need_programs(name)
    return subprocess.run([str(require(name)), *args], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", VERSIONS)
def test_a_program_prints_its_version(name: str) -> None:
    answer = run(name, "--version")
    assert answer.returncode == 0
    assert f"version {VERSIONS[name]}" in answer.stdout.replace("version v", "version ")


def test_the_collector_has_the_components_of_our_pipelines_and_no_others() -> None:
    answer = yaml.safe_load(run("otelcol", "components").stdout)
    assert {kind: sorted(entry["name"] for entry in answer[kind]) for kind in COMPONENTS} == COMPONENTS


@pytest.mark.parametrize("exporter", ["otlp_http", "zipkin"])
def test_the_collector_judges_a_configuration_with_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exporter: str
) -> None:
    monkeypatch.setenv("BACKEND", "http://backend:4318")
    file = tmp_path / "collector.yaml"
    file.write_text(
        "receivers: {otlp: {protocols: {http: }}}\n"
        f"exporters: {{{exporter}: {{endpoint: '${{env:BACKEND}}'}}}}\n"
        f"service: {{pipelines: {{traces: {{receivers: [otlp], exporters: [{exporter}]}}}}}}\n"
    )
    answer = run("otelcol", "validate", f"--config={file}")
    assert answer.returncode == (0 if exporter in COMPONENTS["exporters"] else 1)
    assert ('unknown type: "zipkin"' in answer.stderr) is (exporter == "zipkin")


def test_discovery_is_by_kubernetes_or_file_and_by_no_cloud(tmp_path: Path) -> None:
    """A clear refusal and no surprise: the other ways are left out of the build, see `recipes.py`."""
    file = tmp_path / "prometheus.yml"
    file.write_text("scrape_configs: [{job_name: a, kubernetes_sd_configs: [{role: pod}]}]")
    assert run("promtool", "check", "config", str(file)).returncode == 0
    file.write_text("scrape_configs: [{job_name: a, ec2_sd_configs: [{region: r}]}]")
    assert "ec2_sd_configs" in run("promtool", "check", "config", str(file)).stderr


def test_the_collectors_parts_are_of_the_version_it_prints() -> None:
    lock = (MODULES / "collector" / "go.mod").read_text()
    version = VERSIONS["otelcol"]
    assert f"go.opentelemetry.io/collector/otelcol v{version}\n" in lock
    assert f'"{version}"' in (MODULES / "collector" / "main.go").read_text()
