"""What each command asks of which job."""

from __future__ import annotations

import io

import pytest

STORES = {
    "opensearch": ("opensearch", "opensearch"),
    "qdrant": ("qdrant", "qdrant"),
    "chroma": ("databases", "chroma"),
    "volume": ("databases", "volume-knowledge"),
}


@pytest.fixture
def local(kubectl):
    """The cluster of dev, on this machine."""
    kubectl.answers("config", document={"clusters": [{"cluster": {"server": "https://127.0.0.1:6443"}}]})
    return kubectl


def words(store):
    return [store, "knowledge"] if store == "volume" else [store]


@pytest.mark.parametrize(
    ("store", "options", "request_"),
    [
        ("opensearch", [], {"snapshot": "latest"}),
        (
            "opensearch",
            ["--snapshot", "manual-1", "--only", "logs-*", "--only", "workflows-1", "--rename", "old-"],
            {"snapshot": "manual-1", "indexes": ["logs-*", "workflows-1"], "rename": "old-"},
        ),
        ("qdrant", [], {"snapshot": "latest"}),
        ("qdrant", ["--snapshot", "s1", "--only", "a", "--only", "b"], {"snapshot": "s1", "collections": ["a", "b"]}),
        ("chroma", [], {}),
        ("chroma", ["--snapshot", "s1", "--only", "notes"], {"snapshot": "s1", "collection": "notes"}),
        ("volume", [], {}),
        ("volume", ["--snapshot", "s1"], {"snapshot": "s1"}),
    ],
)
def test_a_restore_asks_the_job_of_its_store_for_what_was_named(store, options, request_, local, templates, ballast):
    namespace, prefix = STORES[store]
    templates(f"{prefix}-restore", namespace)
    said = ballast("restore", "dev", *words(store), *options)
    assert (said.code, said.err) == (0, "")
    assert local.request == request_
    assert local.made[0]["metadata"]["namespace"] == namespace
    assert "done       what was asked" in said.out


@pytest.mark.parametrize(("store", "request_"), [("opensearch", {"take": True}), ("qdrant", {}), ("volume", {})])
def test_a_snapshot_is_taken_by_the_job_that_otherwise_runs_by_the_clock(store, request_, local, templates, ballast):
    namespace, prefix = STORES[store]
    templates(f"{prefix}-snapshots", namespace)
    said = ballast("snapshot", "dev", *words(store))
    assert said.code == 0
    assert local.request == request_
    assert said.out.splitlines()[-1] == f"next       ./ballast snapshots dev {' '.join(words(store))}"


def test_snapshots_of_qdrant_are_listed_by_its_job(local, templates, ballast):
    templates("qdrant-snapshots", "qdrant")
    assert ballast("snapshots", "dev", "qdrant").code == 0
    assert local.request == {"list": True}


def test_a_lost_node_is_replaced_by_the_job_of_its_store(local, templates, ballast):
    templates("qdrant-replace", "qdrant")
    said = ballast("replace", "dev", "qdrant", "0", "--yes")
    assert (said.code, said.err) == (0, "")
    assert local.request == {"node": 0}
    assert local.made[0]["metadata"]["namespace"] == "qdrant"


def test_shards_are_spread_anew_by_the_job_of_their_store_and_of_no_other(local, templates, ballast):
    templates("qdrant-rebalance", "qdrant")
    said = ballast("rebalance", "dev", "qdrant")
    assert (said.code, said.err, local.request) == (0, "", {})
    said = ballast("rebalance", "dev", "opensearch")
    assert (said.code, "known are qdrant" in said.err, len(local.made)) == (2, True, 1)


def test_a_replacement_that_nobody_confirms_or_that_the_store_does_not_need_makes_no_job(
    local, templates, ballast, monkeypatch
):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    templates("qdrant-replace", "qdrant")
    said = ballast("replace", "dev", "qdrant", "0")
    assert (said.code, "not confirmed. Nothing was changed" in said.err) == (1, True)
    for arguments, word in (
        (("opensearch", "0"), "known are qdrant"),
        (("qdrant", "--", "-1"), "greater than or equal to 0"),
        (("qdrant", "one"), "NODE"),
    ):
        said = ballast("replace", "dev", "--yes", *arguments)
        assert said.code != 0
        assert word in said.err
    assert local.made == []


def test_a_job_is_what_its_template_says_with_the_request_and_a_name_of_its_own(local, templates, ballast):
    templates("opensearch-snapshots", "opensearch")
    ballast("snapshot", "dev", "opensearch")
    (made,) = local.made
    assert made["metadata"]["name"].startswith("opensearch-snapshots-2")
    assert made["metadata"]["labels"] == {"app.kubernetes.io/part-of": "ballast"}
    assert made["metadata"]["ownerReferences"][0]["uid"] == "uid-of-opensearch-snapshots"
    assert made["spec"]["backoffLimit"] == 6
    assert made["spec"]["template"]["metadata"]["labels"] == {"ballast/network-profile": "admin"}
    names = [entry["name"] for entry in made["spec"]["template"]["spec"]["containers"][0]["env"]]
    assert names == ["BALLAST_CONFIG", "BALLAST_REQUEST"]


def test_every_call_goes_to_the_cluster_of_the_stack_file(kubectl, templates, ballast, project, monkeypatch):
    monkeypatch.setenv("KUBECONFIG", "/somebody/elses")
    templates("opensearch-snapshots", "opensearch")
    assert ballast("snapshot", "prod", "opensearch").code == 0
    calls = [call["arguments"] for call in kubectl.calls() if "version" not in call["arguments"]]
    assert {tuple(arguments[:2]) for arguments in calls} == {
        (f"--kubeconfig={project / 'kubeconfig'}", "--context=acme-prod")
    }
