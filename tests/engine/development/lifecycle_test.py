"""`up` until all is ready, an unchanged preview, a changed replica count and disk, objects under two names."""

from __future__ import annotations

import json
import re

import pytest

from tests.harness.project import NAMESPACES

pytestmark = pytest.mark.engine

ENDING = re.compile(r"-[0-9a-f]{8}$")
"""What the engine puts behind a name of its own making."""


def test_every_pod_of_development_is_ready_and_every_claim_bound(dev):
    # A node, the console, two exporters, and three jobs that `up` waited for. A killed engine may have made one of
    # the jobs before, under another ending.
    owners = {ENDING.sub("", pod["metadata"]["ownerReferences"][0]["name"]) for pod in dev.objects("pods")}
    assert len(owners) == 7, owners
    assert dev.unready() == []
    claims = [claim for namespace in NAMESPACES for claim in dev.objects("persistentvolumeclaims", namespace)]
    assert {claim["status"]["phase"] for claim in claims} == {"Bound"}
    # Data and snapshots of OpenSearch; data, scratch and archive of Qdrant; data and archive of Chroma and a volume;
    # of observability, the metrics, silences, logs, traces, the gateway's queues and Grafana's own.
    assert len(claims) == 15


def test_a_second_preview_finds_nothing_to_change(dev):
    assert "unchanged" in dev.preview("--expect-no-changes")


def test_a_changed_replica_count_changes_one_deployment_the_quota_and_nothing_else(dev):
    dev.change("  ballast:console:\n    replicas: 1", "  ballast:console:\n    replicas: 2")
    said = dev.up()
    assert "~ 2 updated" in said
    assert "ResourceQuota opensearch-namespace-quota updated" in said
    assert "Deployment opensearch-console updated" in said
    assert "replaced" not in said
    assert {d["metadata"]["name"]: d["status"].get("readyReplicas") for d in dev.objects("deployments")} == {
        "opensearch-console": 2,
        "opensearch-metrics-exporter": 1,
        "opensearch-snapshot-metrics": 1,
    }


def test_a_larger_disk_grows_the_claim_and_restarts_nothing(dev):
    before = {pod["metadata"]["uid"] for pod in dev.objects("pods") if "node" in str(pod["metadata"]["labels"])}
    generations = [s["status"]["updateRevision"] for s in dev.objects("statefulsets")]
    dev.change("disk: 10Gi", "disk: 15Gi", section="opensearch")
    dev.change("size: 20Gi", "size: 30Gi", section="opensearch")
    dev.up()
    sizes = {c["spec"]["resources"]["requests"]["storage"] for c in dev.objects("persistentvolumeclaims")}
    assert sizes == {"15Gi", "30Gi"}
    assert [s["status"]["updateRevision"] for s in dev.objects("statefulsets")] == generations
    assert before & {pod["metadata"]["uid"] for pod in dev.objects("pods")}


def test_a_smaller_disk_is_refused_at_preview_and_nothing_changes(dev):
    resources = dev.objects("persistentvolumeclaims")
    dev.change("disk: 15Gi", "disk: 12Gi", section="opensearch")
    result = dev.pulumi("preview", "--non-interactive", check=False)
    dev.change("disk: 12Gi", "disk: 15Gi", section="opensearch")
    assert result.returncode != 0
    assert "ballast:opensearch.pools.all.disk: shrinks from 15Gi to 12Gi" in result.stdout + result.stderr
    assert [c["metadata"]["resourceVersion"] for c in dev.objects("persistentvolumeclaims")] == [
        c["metadata"]["resourceVersion"] for c in resources
    ]


FORCE = {"PULUMI_K8S_ENABLE_PATCH_FORCE": "true"}


def test_whatever_others_changed_is_named_by_the_night_and_put_right_by_one_command(dev, monkeypatch):
    """The repair in docs/delivery.md: what was changed by hand, what was deleted, and what went under two names."""
    module = dev.folder / "components" / "foundation" / "namespaces.py"
    text, name = module.read_text(encoding="utf-8"), 'f"{name}-default-deny"'
    assert text.count(name) == 1

    def denying():
        return [
            namespace
            for namespace in NAMESPACES
            for policy in dev.objects("networkpolicies", namespace)
            if policy["metadata"]["name"] == "default-deny"
        ]

    def quota():
        (found,) = dev.objects("resourcequotas", "opensearch")
        return found["spec"]["hard"]["pods"]

    assert denying() == list(NAMESPACES)
    module.write_text(text.replace(name, 'f"{name}-default-deny-renamed"'), encoding="utf-8")
    dev.up()
    assert denying() == []
    pods, kubectl = quota(), dev.cluster.kubectl
    for where, what, change in (
        ("opensearch", "resourcequota/quota", {"hard": {"pods": "1"}}),
        ("qdrant", "service/qdrant", {"publishNotReadyAddresses": True}),
    ):
        kubectl("patch", f"--namespace={where}", what, "--type=merge", f"--patch={json.dumps({'spec': change})}")
    kubectl("delete", "service", "--namespace=observability", "grafana")
    environment = dev.engine.environment()
    monkeypatch.setattr(dev.engine, "environment", lambda: environment | FORCE)
    compared = dev.pulumi("preview", "--non-interactive", "--refresh", "--expect-no-changes", check=False)
    # By this code the night knows drift from a comparison that failed.
    assert compared.returncode == 7
    night = compared.stdout + compared.stderr
    for name in ("default-deny-renamed", "grafana", "opensearch-namespace-quota"):
        assert name in night
    dev.up("--refresh")
    assert denying() == list(NAMESPACES)
    assert quota() == pods
    assert [one["metadata"]["name"] for one in dev.objects("services", "observability")].count("grafana") == 1
    monkeypatch.setattr(dev.engine, "environment", lambda: environment)
    assert "unchanged" in dev.preview("--refresh", "--expect-no-changes")
