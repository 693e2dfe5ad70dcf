"""What figures show, computed by the real PromQL engine (promtool) from made-up series."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass

import pytest
import yaml

from components.composition.dashboards.catalogue import boards
from components.settings.stores import stores
from components.storage.signals import NEVER
from tests.harness.cluster import need_programs
from tests.harness.declare import stack_settings
from tests.observability.catalogue.judge import plain
from toolchain import toolbox

pytestmark = pytest.mark.programs

STACK = stack_settings("prod").model_copy(update={"chroma": None, "volumes": {}})


@pytest.fixture(autouse=True)
def _promtool():
    need_programs("promtool")


def queries():
    """Every query by the titles of its dashboard and panel, with a range in place of Grafana's word for one."""
    return [
        (panel["title"], plain(target["expr"]))
        for board in boards(STACK)
        for panel in json.loads(board.json())["panels"]
        for target in panel.get("targets", [])
    ]


def promtool(tmp_path, content, *command):
    path = tmp_path / "given.yaml"
    path.write_text(yaml.safe_dump(content))
    answer = subprocess.run(
        [toolbox.require("promtool"), *command, path], capture_output=True, text=True, check=False, timeout=60
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_prometheus_itself_takes_every_query(tmp_path):
    rules = [{"record": f"query:{number}", "expr": query} for number, (_, query) in enumerate(queries())]
    assert len(rules) > 50
    promtool(tmp_path, {"groups": [{"name": "dashboards", "rules": rules}]}, "check", "rules")


@dataclass(frozen=True)
class Case:
    """A figure at ten minutes past zero."""

    title: str
    series: dict[str, str]
    value: float | None


POD = 'namespace="opensearch", pod="opensearch-0"'
JOB = 'namespace="opensearch", pod="configure-1"'
TEN_MINUTES = 600
(AGE,) = (int(it.settings.recovery.recovery_point) for it in stores(STACK) if it.label == "qdrant")
SNAPSHOT = "ballast_snapshot_last_complete_timestamp_seconds"
LIMIT = 'namespace="observability", pod="loki-0", container="loki"'
CASES = [
    Case("Health of OpenSearch", {'elasticsearch_cluster_health_status{color="red"}': "0x10"}, None),
    *(
        Case(
            "Health of OpenSearch",
            {
                f'elasticsearch_cluster_health_status{{color="{color}"}}': f"{int(color == now)}x10"
                for color in ("green", "yellow", "red")
            },
            value,
        )
        for now, value in (("green", 0), ("yellow", 1), ("red", 2))
    ),
    # The other store has none at all.
    Case("Oldest snapshot", {f'{SNAPSHOT}{{store="opensearch"}}': "0x10"}, NEVER),
    Case("Oldest snapshot", {}, NEVER),
    Case(
        "Oldest snapshot",
        {f'{SNAPSHOT}{{store="opensearch"}}': "0x10", f'{SNAPSHOT}{{store="qdrant"}}': f"{TEN_MINUTES - AGE}x10"},
        1,
    ),
    # Whoever tells of pods is away: that is no zero.
    Case("Pods not ready", {}, None),
    Case("Nodes not ready", {}, None),
    Case("Targets that don't answer", {}, None),
    Case("Pods not ready", {f'kube_pod_status_ready{{{POD}, condition="true"}}': "1x10"}, 0),
    Case(
        "Pods not ready",
        {
            f'kube_pod_status_ready{{{POD}, condition="true"}}': "0x10",
            f'kube_pod_status_ready{{{POD}, condition="false"}}': "1x10",
            f'kube_pod_status_phase{{{POD}, phase="Running"}}': "1x10",
            f'kube_pod_status_phase{{{POD}, phase="Pending"}}': "0x10",
            # A job that is done is not ready either, and that is how it should be.
            f'kube_pod_status_ready{{{JOB}, condition="false"}}': "1x10",
            f'kube_pod_status_phase{{{JOB}, phase="Succeeded"}}': "1x10",
            f'kube_pod_status_phase{{{JOB}, phase="Running"}}': "0x10",
        },
        1,
    ),
    Case("Nodes not ready", {'kube_node_status_condition{node="a", condition="Ready", status="true"}': "1x10"}, 0),
    Case(
        "Nodes not ready",
        {
            'kube_node_status_condition{node="a", condition="Ready", status="true"}': "0x10",
            'kube_node_status_condition{node="b", condition="Ready", status="true"}': "1x10",
        },
        1,
    ),
    Case(
        "Fullest volume",
        {
            f'kubelet_volume_stats_{what}_bytes{{persistentvolumeclaim="{claim}"}}': f"{size}x10"
            for claim, free in (("a", 75), ("b", 25))
            for what, size in (("available", free), ("capacity", 100))
        },
        0.75,
    ),
    *(
        Case(title, {}, None)
        for title in ("Pods that are not as declared", "Workloads that change", "Pods started in the last hour")
    ),
    *(
        Case(
            title,
            {
                f'kube_statefulset_{what}{{namespace="a", statefulset="{name}"}}': f"{count}x10"
                for name, updated in (("whole", 3), ("half", 1))
                for what, count in (("replicas", 3), ("status_replicas_updated", updated))
            }
            | {'kube_deployment_spec_replicas{namespace="a", deployment="b"}': "1x10"}
            | {'kube_deployment_status_replicas_updated{namespace="a", deployment="b"}': "1x10"},
            value,
        )
        for title, value in (("Pods that are not as declared", 2), ("Workloads that change", 1))
    ),
    Case(
        "Pods started in the last hour",
        {
            "kube_deployment_spec_replicas": "1x10",
            'kube_pod_start_time{pod="new"}': "300x10",
            'kube_pod_start_time{pod="old"}': "-4000x10",
        },
        1,
    ),
    Case("Nodes of Qdrant", {}, 0),
    Case("Nodes of Qdrant", {'qdrant_app_info{pod="a"}': "1x10", 'qdrant_app_info{pod="b"}': "1x10"}, 2),
    Case("Targets that don't answer", {'up{pod="a"}': "0x10", 'up{pod="b"}': "1x10"}, 1),
    Case("Targets that don't answer", {'up{pod="a"}': "1x10"}, 0),
    Case("Series against the plan", {"prometheus_tsdb_head_series": f"{STACK.prometheus.series * 0.8}x10"}, 0.8),
    Case(
        "Fullest queue of the collector",
        {
            f'otelcol_exporter_queue_{what}{{exporter="{exporter}", data_type="traces"}}': f"{size}x10"
            for exporter, filled in (("tempo", 5), ("vendor", 40))
            for what, size in (("size", filled), ("capacity", 100))
        },
        0.4,
    ),
    Case(
        "Memory of the stack",
        {
            f'container_memory_working_set_bytes{{{LIMIT}, id="/kubepods/a", job="cadvisor"}}': "50x10",
            f'kube_pod_container_resource_limits{{{LIMIT}, resource="memory", unit="byte"}}': "100x10",
            f'kube_pod_container_resource_limits{{{LIMIT}, resource="cpu", unit="core"}}': "1x10",
        },
        0.5,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.title}: {case.value}")
def test_a_figure_shows_what_is_the_case(tmp_path, case):
    # A store's figure stands on its own dashboard and on the overview.
    (query,) = {query for title, query in queries() if title == case.title}
    # Whatever labels are left, the figure is the number.
    sample = [] if case.value is None else [{"labels": "{}", "value": case.value}]
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in case.series.items()],
        "promql_expr_test": [{"expr": f"sum({query})", "eval_time": "10m", "exp_samples": sample}],
    }
    promtool(tmp_path, {"rule_files": [], "tests": [test]}, "test", "rules")
