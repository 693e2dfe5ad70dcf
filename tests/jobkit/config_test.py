"""What a program is told: one class for the side that writes and the side that reads, and nothing between them."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from components.foundation.jobkit.config import ArchiveProbeConfig, ExporterConfig, decoded, encoded
from components.foundation.jobkit.errors import JobError
from components.stores.chroma.jobs.config import ChromaJobConfig
from components.stores.opensearch.jobs import config as opensearch
from components.stores.qdrant.jobs import config as qdrant
from components.stores.volumes.jobs.config import VolumeJobConfig
from tests.harness.declare import STACKS, real_stack
from tests.harness.told import rendered

if TYPE_CHECKING:
    from pathlib import Path

KINDS: dict[str, type] = {
    "components.foundation.jobkit.exporter": ExporterConfig,
    "components.foundation.jobkit.probe": ArchiveProbeConfig,
    "components.stores.opensearch.jobs.bootstrap": opensearch.BootstrapConfig,
    "components.stores.opensearch.jobs.configure": opensearch.ConfigureConfig,
    "components.stores.opensearch.jobs.drain": opensearch.DrainConfig,
    "components.stores.opensearch.jobs.restart": opensearch.RestartConfig,
    "components.stores.opensearch.jobs.restore": opensearch.RestoreConfig,
    "components.stores.opensearch.jobs.snapshots": opensearch.SnapshotCheckConfig,
    "components.stores.qdrant.jobs.bootstrap": qdrant.BootstrapConfig,
    "components.stores.qdrant.jobs.configure": qdrant.ConfigureConfig,
    "components.stores.qdrant.jobs.drain": qdrant.DrainConfig,
    "components.stores.qdrant.jobs.rebalance": qdrant.RebalanceConfig,
    "components.stores.qdrant.jobs.replace": qdrant.ReplaceConfig,
    "components.stores.qdrant.jobs.restart": qdrant.RestartConfig,
    "components.stores.qdrant.jobs.restore": qdrant.SnapshotConfig,
    "components.stores.qdrant.jobs.snapshot": qdrant.SnapshotConfig,
    "components.stores.chroma.jobs.restore": ChromaJobConfig,
    "components.stores.chroma.jobs.snapshot": ChromaJobConfig,
    "components.stores.volumes.jobs.restore": VolumeJobConfig,
    "components.stores.volumes.jobs.snapshot": VolumeJobConfig,
}
"""What each program reads; run below, each says so itself."""


def mounted(stack: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the program of every pod of a stack that mounts a configuration, with its content."""
    found = []
    for workload in real_stack(stack).workloads:
        pod = workload.pod or {}
        for volume in pod.get("volumes", []):
            if volume["name"] == "config" and pod["containers"][0].get("command", [])[:2] == ["python", "-m"]:
                name = volume["configMap"]["name"].removesuffix("-made").removesuffix("-config")
                found.append((pod["containers"][0]["command"][2], rendered(real_stack(stack), name)))
    return found


@pytest.mark.parametrize("stack", STACKS)
def test_every_program_reads_what_is_rendered_for_it_and_nothing_is_lost_on_the_way(stack: str) -> None:
    programs = mounted(stack)
    assert {module for module, _ in programs} == KINDS.keys()
    for module, tree in programs:
        assert encoded(decoded(KINDS[module], tree, module)) == tree


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"lock": None}, "lock is missing"),
        ({"locks": "x"}, "locks is no key of it"),
        ({"lock": 7}, "lock is 7 and must be text"),
        ({"stallSeconds": True}, "stallSeconds is True and must be a number"),
        ({"peers": "one"}, "peers is 'one' and must be a list"),
        ({"peers": ["one", 2]}, r"peers\[1\] is 2 and must be text"),
        ({"snapshots": {}}, "snapshots.store is missing"),
        ({"snapshots": {"archive": {}}}, "snapshots.archive must have one of the keys folder, bucket"),
        ({"snapshots": {"count": 2.5}}, "snapshots.count is 2.5 and must be a whole number"),
    ],
)
def test_what_is_no_such_configuration_is_one_sentence_with_the_key_and_the_way_out(
    change: dict[str, Any], sentence: str
) -> None:
    tree = rendered(real_stack("prod"), "qdrant-snapshots")
    for key, value in change.items():
        tree[key] = {**tree[key], **value} if isinstance(value, dict) and value else value
    tree = {key: value for key, value in tree.items() if value is not None}
    with pytest.raises(JobError, match=rf"config\.json: {sentence}.*pulumi up"):
        decoded(qdrant.SnapshotConfig, tree, "config.json")


@pytest.mark.parametrize("module", sorted(KINDS))
def test_a_program_with_a_key_too_many_ends_with_1_and_one_line(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = next(tree for program, tree in mounted("prod") if program == module)
    path = tmp_path / "config.json"
    path.write_text(json.dumps({**tree, "surplus": 1}))
    monkeypatch.setenv("BALLAST_CONFIG", str(path))
    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert importlib.import_module(module).main() == 1
    complaints = capsys.readouterr().err
    assert len(complaints.splitlines()) == 1
    assert f"{path}: surplus is no key of it" in complaints
