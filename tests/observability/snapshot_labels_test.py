"""From what a snapshot job is told, over what it notes, to what the dashboard says: one label all the way."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime

import pytest
import yaml

from components.foundation.jobkit import exporter, record
from components.foundation.jobkit.client import Client
from components.foundation.jobkit.kubernetes import Kubernetes
from components.foundation.jobkit.orders import Orders
from components.foundation.jobkit.snapshot_run import Attempt
from components.storage.signals import NEVER
from components.stores.opensearch.jobs import snapshots as search_snapshots
from components.stores.qdrant.jobs import contents as vector_contents
from tests.harness.cluster import need_programs
from tests.harness.declare import STACKS, real_stack
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_store import KubernetesStore
from tests.harness.kubernetes_stub import TOKEN
from toolchain import toolbox

pytestmark = pytest.mark.programs

SERIES = "ballast_snapshot_last_complete_timestamp_seconds"


@pytest.fixture(autouse=True)
def _promtool():
    need_programs("promtool")


def rendered_orders(stack):
    """What each snapshot CronJob of the embedded stores is told, as rendered."""
    found = {}
    for config_map in stack.of_kind("ConfigMap"):
        desired = json.loads(config_map.inputs.get("data", {}).get("desired.json", "{}"))
        if "store" in desired and "record" in desired:
            found[desired["record"]] = desired
    return list(found.values())


def noted(desired, tmp_path):
    """Run a snapshot as the job does, on an empty store, and return what the exporter then publishes."""
    archive = tmp_path / desired["record"]
    archive.mkdir()
    told = tmp_path / f"{desired['record']}.json"
    told.write_text(json.dumps({**desired, "archive": {"folder": str(archive)}}))
    orders = Orders.read({"BALLAST_DESIRED": str(told), "BALLAST_HOLDER": "the-test", "BALLAST_REQUEST": "{}"})
    with JsonServer(KubernetesStore()) as api:
        kubernetes = Kubernetes(Client(endpoint=api.url, authorization=f"Bearer {TOKEN}", pause=0.01))
        Attempt(orders, kubernetes, pause=0.01).snapshot(lambda _orders, _set: {"counts": {}})
        found = record.read(kubernetes, desired["namespace"], desired["record"])
    assert found is not None
    return exporter.text([found])


def published(stack, tmp_path):
    """The text of all exporters of a stack, after each store has taken a whole snapshot."""
    texts = [noted(desired, tmp_path) for desired in rendered_orders(stack)]
    for store in (search_snapshots.STORE, vector_contents.ENGINE):
        one = record.Snapshot(
            store=store, name="one", finished=datetime.now(tz=UTC), duration_seconds=1.0, size_bytes=1, complete=True
        )
        texts.append(exporter.text([record.Record(attempt=one, complete=one, recent=())]))
    return "\n".join(texts)


def oldest_snapshot_query(stack):
    boards = [
        json.loads(text)
        for config_map in stack.of_kind("ConfigMap")
        for name, text in config_map.inputs.get("data", {}).items()
        if name.endswith(".json") and name != "desired.json"
    ]
    [query] = {
        target["expr"]
        for board in boards
        for panel in board.get("panels", [])
        if panel["title"] == "Oldest snapshot"
        for target in panel["targets"]
    }
    return query


@pytest.mark.parametrize("name", STACKS)
def test_after_a_whole_snapshot_of_every_store_the_dashboard_knows_each(name, tmp_path):
    stack = real_stack(name)
    assert len(rendered_orders(stack)) >= 2
    series = [line.rpartition(" ")[0] for line in published(stack, tmp_path).splitlines() if line.startswith(SERIES)]
    query = oldest_snapshot_query(stack)
    assert query.count("label_replace") == len(series)
    test = {
        "interval": "1m",
        "input_series": [{"series": one, "values": "0x10"} for one in series],
        "promql_expr_test": [
            {"expr": f"({query}) < bool {NEVER}", "eval_time": "1m", "exp_samples": [{"labels": "{}", "value": 1}]}
        ],
    }
    path = tmp_path / "given.yaml"
    path.write_text(yaml.safe_dump({"rule_files": [], "tests": [test]}))
    answer = subprocess.run(
        [toolbox.require("promtool"), "test", "rules", path], capture_output=True, text=True, check=False, timeout=60
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
