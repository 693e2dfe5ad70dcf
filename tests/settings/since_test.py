"""A stack file compared with its older self: what is recorded, and `check FILE --since OLDFILE`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from components.settings.read import read_stack
from components.settings.recorded_state import recorded_state
from components.settings.secrets import SECRETS
from tests.harness.command import ballast

from .conftest import PROJECT

if TYPE_CHECKING:
    import subprocess

REAL = PROJECT / "Pulumi.prod.yaml"
RECOVERY = "recovery: {recoveryPoint: 6h, recoveryTime: 4h, retention: 7d}"
VECTOR = "vector: {size: 1024, distance: cosine}"


def check(*arguments: object) -> subprocess.CompletedProcess[str]:
    return ballast("check", "--without-secrets", *arguments)


def test_what_is_recorded_is_flat_and_keyed_as_the_stack_file():
    assert recorded_state(read_stack(REAL, SECRETS)) == {
        "tier": "prod",
        "cluster.zones": "eu-central-1a,eu-central-1b,eu-central-1c",
        "cluster.storageClass.name": "gp3-retain",
        "opensearch.version": "3.8.0",
        "opensearch.pools.manager.roles": "cluster_manager",
        "opensearch.pools.manager.nodes": "3",
        "opensearch.pools.manager.disk": "10Gi",
        "opensearch.pools.data.roles": "data,ingest",
        "opensearch.pools.data.nodes": "3",
        "opensearch.pools.data.disk": "100Gi",
        "opensearch.snapshots": "s3://acme-prod-opensearch-snapshots/opensearch in eu-central-1",
        "qdrant.version": "1.19.0",
        "qdrant.nodes": "3",
        "qdrant.disk": "200Gi",
        "qdrant.snapshots": "s3://acme-prod-qdrant-snapshots/qdrant in eu-central-1",
        **{f"{store}.recovery.retention": "30d" for store in ("opensearch", "qdrant", "chroma", "volumes.knowledge")},
        "qdrant.collections.documents": "vector=1024/cosine shards=6",
        "chroma.version": "1.5.9",
        "chroma.disk": "20Gi",
        "chroma.snapshots": "s3://acme-prod-database-snapshots/chroma in eu-central-1",
        "volumes.knowledge.engine": "lancedb",
        "volumes.knowledge.disk": "10Gi",
        "volumes.knowledge.snapshots": "s3://acme-prod-database-snapshots/volumes/knowledge in eu-central-1",
        "prometheus.disk": "100Gi",
        "alertmanager.disk": "5Gi",
        "collector.gateway.replicas": "3",
        "collector.gateway.disk": "20Gi",
        "loki.version": "3.7.6",
        "loki.disk": "50Gi",
        "loki.retention": "30d",
        "loki.streams.opensearch.retention": "90d",
        "loki.s3": "2024-01-01 s3://acme-prod-logs/loki in eu-central-1",
        "tempo.version": "3.0.3",
        "tempo.disk": "50Gi",
        "tempo.s3": "s3://acme-prod-traces/tempo in eu-central-1",
        "grafana.version": "13.2.1",
        "grafana.disk": "5Gi",
    }


def test_snapshot_volumes_are_recorded_too():
    dev = recorded_state(read_stack(PROJECT / "Pulumi.dev.yaml", SECRETS))
    sizes = {key: text for key, text in dev.items() if key.endswith(".snapshots.volume.size")}
    assert sizes == {
        "opensearch.snapshots.volume.size": "20Gi",
        "qdrant.snapshots.volume.size": "16Gi",
        "chroma.snapshots.volume.size": "4Gi",
        "volumes.knowledge.snapshots.volume.size": "4Gi",
    }


def test_the_order_in_which_roles_and_vectors_are_written_is_not_recorded(changed):
    first, second = "title: {size: 384, distance: dot}", "body: {size: 768, distance: euclid}"
    orders = [
        recorded_state(
            read_stack(changed("prod", (VECTOR, f"vectors: {{{vectors}}}"), ("[data, ingest]", f"[{roles}]")), SECRETS)
        )
        for vectors, roles in ((f"{first}, {second}", "data, ingest"), (f"{second}, {first}", "ingest, data"))
    ]
    assert orders[0] == orders[1]
    assert orders[0]["qdrant.collections.documents"] == "vectors=body:768/euclid,title:384/dot shards=6"


def test_a_step_that_a_store_cannot_follow_is_reported_at_its_line(changed, older):
    before = older()
    file = changed("prod", ("disk: 200Gi", "disk: 150Gi"), ("3.8.0", "3.7.0"))
    result = check(file, "--since", before)
    lines = file.read_text().splitlines()
    wanted = [next(n for n, line in enumerate(lines, 1) if mark in line) for mark in ("3.7.0", "150Gi")]
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("Pulumi.prod.yaml: 2 mistakes")
    assert [line.strip() for line in result.stderr.splitlines() if line.startswith("  line")] == [
        f"line {wanted[0]}, ballast:opensearch.version",
        f"line {wanted[1]}, ballast:qdrant.disk",
    ]


SHORTER = {
    "a promise": (
        ("recovery: {recoveryPoint: 6h, recoveryTime: 4h, retention: 30d}", RECOVERY),
        "qdrant.recovery.retention",
        "it was kept for 30d, and would be for 7d",
    ),
    "a stream that is gone": (
        ("    streams:\n      opensearch: {namespace: opensearch, retention: 90d}\n", ""),
        "loki.streams.opensearch.retention",
        "of loki.retention of namespace opensearch would be deleted: it was kept for 90d, and would be for 30d",
    ),
    "what was kept for ever": (
        ("deleteAfter: null", "deleteAfter: 365d"),
        "opensearch.indexes.workflows.deleteAfter",
        "it was kept for ever, and would be for 365d",
    ),
}


@pytest.mark.parametrize("case", SHORTER)
def test_what_would_be_deleted_earlier_is_refused_as_the_report_and_a_promotion_refuse_it(changed, older, case):
    change, key, words = SHORTER[case]
    before = older()
    file = changed("prod", change)
    result = check(file, "--since", before)
    assert result.returncode == 1
    assert f", ballast:{key}\n" in result.stderr
    assert words in " ".join(result.stderr.split())
    assert f"--allow-downgrade {key}" in result.stderr
    assert check(REAL, "--since", file).returncode == 0, "a longer time is no loss"


def test_a_step_that_every_store_can_follow_passes(older):
    result = check(REAL, "--since", older(("disk: 200Gi", "disk: 150Gi"), ("3.8.0", "3.7.0")))
    assert (result.returncode, result.stdout, result.stderr) == (0, f"{REAL}: ok\n", "")


def test_the_older_file_needs_no_secrets(changed):
    dev = PROJECT / "Pulumi.dev.yaml"
    file = changed("dev")
    file.write_text(file.read_text().split("  ballast:opensearchAdminPassword")[0])
    result = ballast("check", dev, "--since", file)
    assert (result.returncode, result.stderr) == (0, "")


def test_mistakes_of_the_file_itself_come_before_its_past(changed, older):
    before = older()
    result = check(changed("prod", ("disk: 200Gi", "disk: 150GB")), "--since", before)
    assert result.stderr.startswith("Pulumi.prod.yaml: 1 mistake\n")
    assert "150GB" in result.stderr


def test_an_older_file_with_mistakes_cannot_be_compared_and_says_so_in_one_sentence(older, tmp_path):
    for since, words in (
        (older(("disk: 200Gi", "disk: 200GB"), ("shards: 6", "shards: 0")), "ballast:qdrant.disk"),
        (PROJECT / "Pulumi.staging.yaml", "the file of the stack staging"),
        (tmp_path / "absent.yaml", "absent.yaml: there is no such file"),
    ):
        result = check(REAL, "--since", since)
        assert (result.returncode, result.stdout) == (1, "")
        assert result.stderr.startswith("Pulumi.prod.yaml: 1 mistake\n")
        assert f"can't be compared with {since}" in result.stderr
        assert words in result.stderr
        assert "Traceback" not in result.stderr


def test_two_files_cannot_have_one_past():
    result = check(REAL, PROJECT / "Pulumi.staging.yaml", "--since", REAL)
    assert result.returncode == 2
    assert "--since compares one FILE" in result.stderr
