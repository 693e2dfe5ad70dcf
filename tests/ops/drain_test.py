"""Which nodes a drain takes away: the stack file compared with what runs."""

from __future__ import annotations

import io
import json

import pytest

from tests.harness.declare import real_stack
from tests.harness.told import rendered
from tests.ops.conftest import template

ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")
DATA = [f"opensearch-data-{zone}" for zone in ZONES]
MANAGER = [f"opensearch-manager-{zone}" for zone in ZONES]


@pytest.fixture
def running(kubectl, templates):
    """Lets the cluster run these StatefulSets, with the template of their drain and the nodes that are noted."""

    def make(namespace, sets, noted):
        labels = {"opensearch": "opensearch-node", "qdrant": "qdrant-node"}[namespace]
        items = [{"metadata": {"name": name}, "spec": {"replicas": number}} for name, number in sets.items()]
        kubectl.answers("statefulsets", f"--selector=app.kubernetes.io/component={labels}", document={"items": items})
        data = {"config.json": json.dumps(rendered(real_stack("prod"), f"{namespace}-drain"))}
        kubectl.answers("configmap", f"{namespace}-drain-config", document={"data": data})
        kubectl.answers("get", "namespace", namespace, document={"metadata": {"annotations": noted}})
        templates(f"{namespace}-drain", namespace)

    return make


@pytest.fixture
def search(running):
    """Prod's search cluster, with these numbers instead of one node in each zone; as many are noted, or others."""

    def make(*, noted=None, **different):
        sets = {**dict.fromkeys((*DATA, *MANAGER), 1), **different}
        annotations = {f"nodes.ballast/{name}": str(number) for name, number in {**sets, **(noted or {})}.items()}
        running("opensearch", sets, annotations)

    return make


def test_sets_that_lose_nodes_are_asked_for_and_no_others(search, kubectl, ballast):
    search(**{DATA[0]: 2, DATA[1]: 2})
    said = ballast("drain", "prod", "opensearch", "--yes")
    assert (said.code, said.err) == (0, "")
    assert kubectl.request == {"replicas": dict.fromkeys(DATA[:2], 1)}
    rows = [line.split() for line in said.out.splitlines() if "opensearch-" in line]
    assert rows[:3] == [[DATA[0], "2", "1"], [DATA[1], "2", "1"], [DATA[2], "1", "1"]]
    assert said.out.splitlines()[-1].startswith("next       pulumi up --stack prod")


def test_a_set_that_grows_is_left_to_pulumi(search, kubectl, ballast):
    search(**{DATA[0]: 2, DATA[1]: 0})
    assert ballast("drain", "prod", "opensearch", "--yes").code == 0
    assert kubectl.request == {"replicas": {DATA[0]: 1}}


def test_nothing_is_made_where_no_node_has_to_leave(search, kubectl, ballast):
    search(**{DATA[0]: 0})
    said = ballast("drain", "prod", "opensearch", "--yes")
    assert said.code == 1
    assert said.err.startswith("error: nothing to drain")
    assert kubectl.made == []


def test_a_drain_that_ended_before_it_noted_its_success_is_run_again_for_its_sets(search, kubectl, ballast):
    search(noted={DATA[0]: 2})
    assert ballast("drain", "prod", "opensearch", "--yes").code == 0
    assert kubectl.request == {"replicas": {DATA[0]: 1}}


def test_a_set_whose_drain_was_not_noted_is_never_asked_for_more_nodes_than_run(search, kubectl, ballast):
    search(noted={DATA[1]: 2}, **{DATA[0]: 2, DATA[1]: 0})
    assert ballast("drain", "prod", "opensearch", "--yes").code == 0
    assert kubectl.request == {"replicas": {DATA[0]: 1, DATA[1]: 0}}


def test_a_set_that_the_stack_file_does_not_know_stops_everything(search, kubectl, ballast):
    search(**{DATA[0]: 2, "opensearch-warm-eu-central-1a": 2})
    said = ballast("drain", "prod", "opensearch", "--yes")
    assert said.code == 1
    assert (
        "nothing in it stands for StatefulSet opensearch/opensearch-warm-eu-central-1a, which runs 2 nodes" in said.err
    )
    assert kubectl.made == []


@pytest.mark.parametrize(("typed", "code", "made"), [("y\n", 0, 1), ("n\n", 1, 0), ("", 1, 0)])
def test_without_yes_nothing_happens_before_a_person_agrees(typed, code, made, search, kubectl, ballast, monkeypatch):
    search(**{DATA[0]: 2})
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    said = ballast("drain", "prod", "opensearch")
    assert (said.code, len(kubectl.made)) == (code, made)
    assert ("not confirmed. Nothing was changed." in said.err) == (code == 1)


def test_qdrant_is_told_how_many_nodes_stay(running, kubectl, ballast):
    running("qdrant", {"qdrant": 5}, {"nodes.ballast/qdrant": "5"})
    assert ballast("drain", "prod", "qdrant", "--yes").code == 0
    assert kubectl.request == {"replicas": 3}


def test_a_drain_of_qdrant_that_did_not_note_its_success_is_run_again(running, kubectl, ballast):
    running("qdrant", {"qdrant": 3}, {"nodes.ballast/qdrant": "5"})
    assert ballast("drain", "prod", "qdrant", "--yes").code == 0
    assert kubectl.request == {"replicas": 3}


def test_a_configuration_that_is_missing_stops_everything(kubectl, ballast):
    kubectl.answers("cronjob", document=template("opensearch-drain", "opensearch"))
    kubectl.answers("statefulsets", document={"items": []})
    kubectl.answers("configmap")
    said = ballast("drain", "prod", "opensearch", "--yes")
    assert said.code == 1
    assert "ConfigMap opensearch/opensearch-drain-config, the configuration of opensearch-drain, is missing" in said.err
