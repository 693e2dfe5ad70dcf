"""Every known way around the guards of data, tried on a real API server: as its administrator, as `edit`, as a drain.

Without an engine: what the program declares for prod's Qdrant and its guards is applied as it is, before each test.
"""

from __future__ import annotations

import json

import pytest

from tests.harness.guarded import NAMESPACE, Guarded, claim, declared

pytestmark = pytest.mark.engine

ADMIN = ()
EDIT = ("--as=somebody",)
DRAIN = (f"--as=system:serviceaccount:{NAMESPACE}:qdrant-drain",)
RELEASER = ("--as=a-second-person", "--as-group=ballast:releasers", "--as-group=system:authenticated")


@pytest.fixture(scope="module")
def guarded(local_cluster):
    guarded = Guarded(local_cluster)
    who, command, sentence = BYPASSES["another name"]
    guarded.wait_until(lambda: sentence in guarded.kubectl(*command, "--dry-run=server", who=who).stderr)
    yield guarded
    guarded.remove()


PRIVILEGED = {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}}
UNLABELLED = {"metadata": {"labels": {"app.kubernetes.io/part-of": None}}}
FEWER = {"metadata": {"annotations": {"nodes.ballast/qdrant": "1"}}}
FORGOTTEN = {"metadata": {"annotations": {"nodes.ballast/qdrant": None}}}
RELEASED = {"metadata": {"annotations": {"ballast/release": NAMESPACE}}}
DISOWNED = {"metadata": {"annotations": {"ballast/owner": None}, "labels": {"app.kubernetes.io/part-of": None}}}
FINALIZED = {"metadata": {"finalizers": ["somebody/holds"]}}


def patched(kind, name, body, *words):
    return ["patch", kind, name, "-n", NAMESPACE, "--type=merge", f"--patch={json.dumps(body)}", *words]


STATUS = "--subresource=status"

BYPASSES = {
    # The drain's account, as whoever holds `edit` in its namespace may act: root on a node, or no guards any more.
    "a drain opens Pod Security": (DRAIN, patched("namespace", NAMESPACE, PRIVILEGED), "and not pod-security"),
    "a drain takes the guards off": (DRAIN, patched("namespace", NAMESPACE, UNLABELLED), "and not app.kubernetes"),
    "a drain takes the owner off": (DRAIN, patched("namespace", NAMESPACE, DISOWNED), "and not"),
    "a drain releases": (DRAIN, patched("namespace", NAMESPACE, RELEASED), "and not ballast/release"),
    "a drain adds a finalizer": (DRAIN, patched("namespace", NAMESPACE, FINALIZED), "and not finalizers"),
    "a drain writes the status": (DRAIN, patched("namespace", NAMESPACE, PRIVILEGED, STATUS), "forbidden"),
    "edit patches the namespace": (EDIT, patched("namespace", NAMESPACE, PRIVILEGED), "forbidden"),
    "a releaser opens Pod Security": (RELEASER, patched("namespace", NAMESPACE, PRIVILEGED), "may not delete"),
    "a releaser takes the guards off": (RELEASER, patched("namespace", NAMESPACE, UNLABELLED), "may not delete"),
    "a releaser deletes": (RELEASER, ["delete", "namespace", NAMESPACE, "--wait=false"], "forbidden"),
    # What the guards select by, and what they compare with.
    "the label is taken off": (ADMIN, patched("namespace", NAMESPACE, UNLABELLED), "would lose the label"),
    "the label goes by the status": (
        ADMIN,
        patched("namespace", NAMESPACE, UNLABELLED, STATUS),
        "would lose the label",
    ),
    "label and owner go together": (ADMIN, patched("namespace", NAMESPACE, DISOWNED), "would lose the label"),
    "label and count go together": (
        ADMIN,
        patched("namespace", NAMESPACE, {"metadata": UNLABELLED["metadata"] | FEWER["metadata"]}),
        "ballast:qdrant: StatefulSet qdrant would have 1 of 3 nodes",
    ),
    "another owner": (
        ADMIN,
        patched("namespace", NAMESPACE, {"metadata": {"annotations": {"ballast/owner": "ballast/another"}}}),
        "the namespace qdrant belongs to the stack ballast/prod, and ballast/another would take it over",
    ),
    "fewer nodes are recorded": (ADMIN, patched("namespace", NAMESPACE, FEWER), "would have 1 of 3 nodes"),
    "fewer nodes by the status": (ADMIN, patched("namespace", NAMESPACE, FEWER, STATUS), "would have 1 of 3 nodes"),
    "no nodes are recorded": (ADMIN, patched("namespace", NAMESPACE, FORGOTTEN), "would have none of 3 nodes"),
    # Fewer nodes.
    "scaled": (ADMIN, ["scale", "statefulset", "qdrant", "-n", NAMESPACE, "--replicas=2"], "would have 2 of 3 nodes"),
    "scaled by edit": (EDIT, ["scale", "sts", "qdrant", "-n", NAMESPACE, "--replicas=0"], "would have 0 of 3 nodes"),
    "fewer replicas": (ADMIN, patched("sts", "qdrant", {"spec": {"replicas": 1}}), "would have 1 of 3 nodes"),
    "other ordinals": (
        EDIT,
        patched("sts", "qdrant", {"spec": {"ordinals": {"start": 2}}}),
        "qdrant would begin at pod 2, and the nodes before it would go with their shards",
    ),
    # Data itself.
    "a claim is deleted": (
        EDIT,
        ["delete", "pvc", "kept", "-n", NAMESPACE, "--wait=false"],
        "kept holds data and stays",
    ),
    "all claims": (ADMIN, ["delete", "pvc", "--all", "-n", NAMESPACE, "--wait=false"], "holds data and stays"),
    "the namespace": (ADMIN, ["delete", "namespace", NAMESPACE, "--wait=false"], "Every claim in it goes with it"),
    # A release by whoever may delete, and of what is none.
    "the first person": (
        EDIT,
        ["annotate", "pvc", "kept", "-n", NAMESPACE, "ballast/release=kept"],
        "somebody may delete",
    ),
    "by the claim's status": (
        ADMIN,
        patched("pvc", "kept", {"metadata": {"annotations": {"ballast/release": "kept"}}}, STATUS),
        "so somebody else has to give it up",
    ),
    "the namespace's first person": (ADMIN, patched("namespace", NAMESPACE, RELEASED), "so somebody else has to"),
    "another name": (
        RELEASER,
        ["annotate", "pvc", "kept", "-n", NAMESPACE, "ballast/release=keep"],
        "ballast/release says keep on kept, which gives up nothing",
    ),
    "another namespace": (
        RELEASER,
        ["annotate", "namespace", NAMESPACE, "ballast/release=opensearch"],
        "ballast/release says opensearch on qdrant, which gives up nothing",
    ),
}


@pytest.mark.parametrize("name", BYPASSES)
def test_a_bypass_is_refused_in_a_sentence_and_changes_nothing(guarded, name):
    who, command, sentence = BYPASSES[name]
    refused = guarded.kubectl(*command, who=who)
    assert sentence in refused.stderr
    assert refused.returncode != 0
    assert guarded.state() == guarded.untouched


@pytest.mark.parametrize("who", [ADMIN, EDIT], ids=["admin", "edit"])
@pytest.mark.parametrize("way", [["replace", "--force"], ["create"]], ids=["replaced", "orphaned and created"])
def test_nodes_that_are_made_anew_are_counted_by_the_record_of_those_before(guarded, who, way):
    fewer = {**guarded.nodes, "spec": {**guarded.nodes["spec"], "replicas": 1}}
    if way == ["create"]:
        guarded.kubectl("delete", "sts", "qdrant", "-n", NAMESPACE, "--cascade=orphan", who=who, check=True)
    try:
        made = guarded.kubectl(*way, "-f", "-", who=who, stdin=json.dumps(fewer))
        assert made.returncode != 0
        assert "qdrant would have 1 of 3 nodes, and shards would go with the ones taken away" in made.stderr
        assert "./ballast drain STACK qdrant" in made.stderr
        assert guarded.get("sts")["items"] == []
    finally:
        guarded.apply(guarded.nodes)


def test_a_drain_lowers_its_nodes_and_their_record_and_up_raises_both(guarded):
    for command in (["scale", "sts", "qdrant", "-n", NAMESPACE, "--replicas=1"], patched("ns", NAMESPACE, FEWER)):
        guarded.kubectl(*command, who=DRAIN, check=True)
    assert guarded.get("namespace", NAMESPACE)["metadata"]["annotations"]["nodes.ballast/qdrant"] == "1"
    guarded.apply({**guarded.nodes, "spec": {**guarded.nodes["spec"], "replicas": 1}})
    namespace, _ = declared()
    guarded.apply(namespace[0], guarded.nodes)
    assert guarded.get("sts", "qdrant")["spec"]["replicas"] == 3


def test_what_is_no_store_is_scaled_and_remade_by_whoever_runs_it(guarded):
    """As the Prometheus Operator does, which deletes a set with all its pods when a lower number is refused."""
    other = json.loads(json.dumps(guarded.nodes).replace('"name": "qdrant"', '"name": "prometheus"'))
    guarded.apply(other)
    guarded.kubectl("scale", "sts", "prometheus", "-n", NAMESPACE, "--replicas=1", check=True)
    guarded.kubectl("delete", "sts", "prometheus", "-n", NAMESPACE, check=True)


def test_a_claim_is_given_up_by_one_and_deleted_by_another(guarded):
    guarded.apply(claim("old"))
    release = ["annotate", "pvc", "old", "-n", NAMESPACE, "ballast/release=old"]
    assert guarded.kubectl(*release, who=EDIT).returncode != 0
    guarded.kubectl(*release, who=RELEASER, check=True)
    guarded.kubectl("delete", "pvc", "old", "-n", NAMESPACE, "--timeout=30s", who=EDIT, check=True)


def test_a_claim_that_is_made_released_is_refused(guarded):
    made = claim("new")
    made["metadata"]["annotations"] = {"ballast/release": "new"}
    refused = guarded.kubectl("create", "-f", "-", stdin=json.dumps(made))
    assert "so somebody else has to give it up" in refused.stderr


def test_a_namespace_that_was_given_up_goes_with_its_claims_and_none_of_them_before(guarded):
    """The last test: what it takes away is not made again."""
    guarded.kubectl("annotate", "namespace", NAMESPACE, f"ballast/release={NAMESPACE}", who=RELEASER, check=True)
    kept = guarded.kubectl("delete", "pvc", "kept", "-n", NAMESPACE, "--wait=false")
    assert "kept holds data and stays" in kept.stderr
    assert guarded.get("pvc")["items"]
    guarded.kubectl("delete", "namespace", NAMESPACE, "--timeout=60s", check=True)
