"""Whether an environment is ready: every point of the list is seen to hold, and each is broken once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components.settings.environment import Teardown
from components.settings.quantities import Duration
from components.settings.stores import stores
from ops.cluster import Cluster
from ops.doctor.context import DoctorContext
from ops.doctor.finding import Verdict
from ops.ready import running, stack_file
from ops.ready.people import CONFIRMED
from ops.ready.running import check_running
from ops.ready.stack_file import check_stack_file
from tests.harness.applied import applied
from tests.harness.declare import IDENTITY, stack_settings
from tests.harness.noted import noted


def changed(section: Any, path: str, value: Any) -> Any:
    """A copy of a section with one value exchanged."""
    key, _, below = path.partition(".")
    held = section[key] if isinstance(section, dict) else getattr(section, key)
    new = changed(held, below, value) if below else value
    return {**section, key: new} if isinstance(section, dict) else section.model_copy(update={key: new})


STACK = changed(applied(), "cluster.identity", IDENTITY)
SHORT = Duration.parse("1d")
BROKEN = {
    "the cluster is known by its UID": {"cluster.identity": "local"},
    "nodes stand in three zones": {"cluster.zones": ("a", "b")},
    "nodes let OpenSearch map files": {"cluster.memory_maps_raised": False},
    "values come from another environment": {"promotes_from": None},
    "it is not torn down": {"teardown": Teardown.KEEP_DATA},
    "nothing is given up": {"allow_orphaned": ("volumes.old",)},
    "no wide network is open": {"wide_networks": {"internet": STACK.cluster}},
    "three managers elect each other": {"opensearch.pools.manager.nodes": 1},
    "indexes have a copy": {"opensearch.replicas": 0},
    "vectors have a copy": {"qdrant.replication": 1},
    "at most an hour of it is lost": {"opensearch.recovery.recovery_point": Duration.parse("2h")},
    "at most half a day of anything is lost": {"chroma.recovery.recovery_point": SHORT},
    "everything is back within four hours": {"qdrant.recovery.recovery_time": SHORT},
    "snapshots go back thirty days": {"volumes.knowledge.recovery.retention": SHORT},
    "snapshots outlive the cluster": {"chroma.snapshots.s3": None},
    "buckets are reached by roles": {"tempo.s3.role_arn": None},
    "metrics go on while one Prometheus restarts": {"prometheus.replicas": 1},
    "metrics are kept thirty days": {"prometheus.retention": SHORT},
    "logs in Loki are kept thirty days": {"loki.retention": SHORT},
    "traces are kept a week": {"tempo.retention": SHORT},
    "telemetry goes on while one gateway restarts": {"collector.gateway.replicas": 1},
    "alerts are sent while a zone is lost": {"alertmanager.replicas": 1},
    "what is critical wakes somebody": {"alertmanager.pagerduty": None},
    "warnings are read in a channel": {"alertmanager.slack": None},
    "somebody outside notices that alerting is dead": {"alertmanager.heartbeat": None},
    "teams have channels of their own": {"alertmanager.teams": {}},
    "objectives are measured": {"objectives": None},
    "Qdrant promises to answer": {"qdrant.availability": None},
    "OpenSearch promises to answer": {"opensearch.availability": None},
    "logs in OpenSearch are kept thirty days": {"opensearch.indexes.logs.delete_after": SHORT},
    "people log in by name": {"grafana.oidc": None},
    "Grafana has an address": {"grafana.url": None},
    "an application says what it tells": {"applications": {}},
    "every application promises something": {"applications.life.signals.calls.web.availability": None},
}


def wrong(findings):
    return [finding.what for finding in findings if finding.verdict is not Verdict.GOOD]


def test_there_are_more_than_fifty_points():
    assert len(stack_file.POINTS) >= 25
    assert len(running.POINTS) + len(list(stores(STACK))) >= 15
    assert len(CONFIRMED) >= 10
    assert {point.what for point in stack_file.POINTS} == set(BROKEN)


def test_production_lacks_what_only_the_applications_on_it_can_say():
    assert wrong(check_stack_file(STACK, "Pulumi.prod.yaml")) == ["every application promises something"]
    bare = wrong(check_stack_file(stack_settings("prod"), "Pulumi.prod.yaml"))
    # What it says in place of a cluster is nobody's.
    assert bare == ["the cluster is known by its UID", "an application says what it tells"]
    assert len(wrong(check_stack_file(stack_settings("dev"), "Pulumi.dev.yaml"))) > 15


@pytest.mark.parametrize("what", BROKEN)
def test_a_stack_file_that_lacks_a_point_is_told_so(what):
    ((path, value),) = BROKEN[what].items()
    promised = {name: STACK.applications[name] for name in ("knowledge", "life")}
    whole = changed(STACK, "applications", promised)
    assert wrong(check_stack_file(whole, "F")) == []
    found = list(check_stack_file(changed(whole, path, value), "Pulumi.prod.yaml"))
    assert what in wrong(found)
    assert len(wrong(found)) == 1
    (finding,) = [one for one in found if one.what == what]
    assert "Pulumi.prod.yaml: " in finding.line


WELL = {
    "namespaces": {"metadata": {"labels": {running.ENFORCED: "restricted"}}},
    "resourcequotas": {"spec": {"hard": {"pods": "1"}}},
    "deployments": {"spec": {"replicas": 2}, "status": {"availableReplicas": 2}},
    "statefulsets": {"spec": {"replicas": 2}, "status": {"readyReplicas": 2}},
    "daemonsets": {"status": {"numberAvailable": 3, "desiredNumberScheduled": 3}},
    "jobs": {"status": {"conditions": [{"type": "Complete", "status": "True"}]}},
    "persistentvolumeclaims": {"status": {"phase": "Bound"}},
    "persistentvolumes": {"spec": {"persistentVolumeReclaimPolicy": "Retain", "claimRef": {"namespace": "opensearch"}}},
    "poddisruptionbudgets": {"status": {"currentHealthy": 3, "desiredHealthy": 2}},
    "certificates.cert-manager.io": {"status": {"conditions": [{"type": "Ready", "status": "True"}]}},
    "prometheuses.monitoring.coreos.com": {"status": {"conditions": [{"type": "Available", "status": "True"}]}},
    "alertmanagers.monitoring.coreos.com": {"status": {"conditions": [{"type": "Available", "status": "True"}]}},
    "nodes": {"status": {"conditions": [{"type": "Ready", "status": "True"}]}},
}
ILL = {
    "namespaces": {"metadata": {"labels": {}}},
    "resourcequotas": {"spec": {}},
    "deployments": {"spec": {"replicas": 2}, "status": {"availableReplicas": 1}},
    "statefulsets": {"spec": {"replicas": 2}, "status": {}},
    "daemonsets": {"status": {"numberAvailable": 2, "desiredNumberScheduled": 3}},
    "jobs": {"status": {"conditions": [{"type": "Failed", "status": "True"}]}},
    "persistentvolumeclaims": {"status": {"phase": "Pending"}},
    "persistentvolumes": {"spec": {"persistentVolumeReclaimPolicy": "Delete", "claimRef": {"namespace": "opensearch"}}},
    "poddisruptionbudgets": {"status": {"currentHealthy": 1, "desiredHealthy": 2}},
    **{kind: {"status": {"conditions": []}} for kind in WELL if "." in kind or kind == "nodes"},
}
WITHOUT = ("persistentvolumes", "nodes")


def shown(kind, body):
    name = "opensearch" if kind == "namespaces" else "one"
    place = {} if kind in ("namespaces", *WITHOUT) else {"namespace": "opensearch"}
    return {"spec": {}, **body, "metadata": {"name": name, **place, **body.get("metadata", {})}}


@pytest.fixture
def cluster(kubectl):
    """Lets the cluster show one object of each kind, and notes of snapshots of an age."""

    def show(ill=(), age=timedelta(0), without=""):
        for kind, body in WELL.items():
            items = [shown(kind, ILL[kind] if kind in ill else body)]
            # What others have on the same cluster is not the platform's.
            beside = shown(kind, ILL[kind])
            beside["metadata"]["namespace"] = "others"
            items += [] if kind in ("namespaces", *WITHOUT) else [beside]
            kubectl.answers("get", kind, document={"items": [] if kind == without else items})
        for store in stores(STACK):
            data = noted(store.label, datetime.now(tz=UTC) - age)
            kubectl.answers("get", "configmap", store.record, document={"data": data})

    return show


def context(kubectl):
    access = Cluster(kubectl=kubectl.folder / "kubectl", access=(), source="Pulumi.prod.yaml: ballast:cluster")
    return DoctorContext(stack="prod", file="Pulumi.prod.yaml", settings=STACK, declared=(), cluster=access)


def test_a_platform_that_runs_is_ready(kubectl, cluster):
    cluster()
    found = list(check_running(context(kubectl)))
    assert wrong(found) == []
    assert len(found) == len(running.POINTS) + len(list(stores(STACK)))


def test_what_is_not_well_is_named_with_the_way_out(kubectl, cluster):
    cluster(ill=WELL)
    found = {one.what: one for one in check_running(context(kubectl)) if one.verdict is not Verdict.GOOD}
    assert {what: one.remedy for what, one in found.items()} == {one.what: one.remedy for one in running.POINTS}
    assert all("opensearch" in one.seen or "one" in one.seen for one in found.values())


def test_what_is_not_there_at_all_is_not_well(kubectl, cluster):
    cluster(without="certificates.cert-manager.io")
    assert wrong(check_running(context(kubectl))) == ["certificates are issued"]


def test_an_old_snapshot_is_told_with_its_age(kubectl, cluster):
    cluster(age=timedelta(hours=2))
    (finding,) = [one for one in check_running(context(kubectl)) if one.verdict is not Verdict.GOOD]
    assert "2h old, older than the recovery point 1h" in finding.line
    assert finding.remedy == "./ballast snapshot prod opensearch"


def test_the_command_says_how_many_points_hold_and_what_a_person_confirms(ballast, kubectl, cluster):
    cluster()
    said = ballast("ready", "prod")
    assert said.code == 1
    assert f"{len(CONFIRMED)} for a person. Nothing was changed." in said.out
    assert said.out.count("[ ]") == len(CONFIRMED)
    assert "an application says what it tells: no" in said.out
    assert kubectl.made == []


def test_the_stack_file_can_be_judged_without_a_cluster(ballast, kubectl):
    said = ballast("ready", "prod", "--offline")
    assert "The running platform" not in said.out
    assert kubectl.calls("get") == []


def test_a_stack_that_is_not_there_is_refused_with_one_sentence(ballast):
    said = ballast("ready", "nowhere")
    assert said.code != 0
    assert "there is no stack nowhere" in said.err
