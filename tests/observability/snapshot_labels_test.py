"""From what a snapshot job is told, over what it notes, to what the dashboard says: one label all the way."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import yaml

from components.foundation.jobkit import exporter, record
from components.foundation.jobkit.client import Client
from components.foundation.jobkit.config import FolderArchive, decoded
from components.foundation.jobkit.kubernetes import Kubernetes
from components.foundation.jobkit.snapshot_run import SnapshotRun
from components.storage.signals import NEVER
from components.stores.chroma.jobs.config import ChromaJobConfig
from components.stores.qdrant.jobs.config import SnapshotConfig
from components.stores.volumes.jobs.config import VolumeJobConfig
from tests.harness.cluster import need_programs
from tests.harness.declare import STACKS, real_stack
from tests.harness.json_server import JsonServer
from tests.harness.kubernetes_store import KubernetesStore
from tests.harness.kubernetes_stub import TOKEN
from tests.harness.told import job, rendered
from toolchain import toolbox

pytestmark = pytest.mark.programs

SERIES = "ballast_snapshot_last_complete_timestamp_seconds"


@pytest.fixture(autouse=True)
def _promtool():
    need_programs("promtool")


def archived(stack):
    """What each snapshot CronJob with an archive is told."""
    found = {
        "qdrant-snapshots": SnapshotConfig,
        "chroma-snapshots": ChromaJobConfig,
        "volume-knowledge-snapshots": VolumeJobConfig,
    }
    return [decoded(kind, rendered(stack, name), name) for name, kind in found.items()]


def noted(config, tmp_path):
    """Run a snapshot as the job does, on an empty store, and return what the exporter then publishes."""
    folder = tmp_path / config.snapshots.record
    folder.mkdir()
    snapshots = replace(config.snapshots, archive=FolderArchive(folder=str(folder)))
    with JsonServer(KubernetesStore()) as api:
        kubernetes = Kubernetes(Client(endpoint=api.url, authorization=f"Bearer {TOKEN}", pause=0.01))
        SnapshotRun(job(replace(config, snapshots=snapshots), kubernetes)).snapshot(lambda *_: {"counts": {}})
        found = record.read(kubernetes, config.namespace, config.snapshots.record)
    assert found is not None
    return exporter.text([found])


def published(stack, tmp_path):
    """The text of all exporters of a stack, after each store has taken a whole snapshot."""
    texts = [noted(config, tmp_path) for config in archived(stack)]
    store = rendered(stack, "opensearch-snapshots")["store"]
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
        if name.endswith(".json") and name != "config.json"
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
