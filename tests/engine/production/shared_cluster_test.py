"""Two platforms on one cluster: a fourth environment of tier prod, and one with a prefix, which goes again."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.engine

PREFIX = "twin-"
LEFT_OUT = ("qdrant", "chroma", "volumes")
"""What is left out to save time."""


@pytest.fixture(scope="module")
def platforms(prod, stacks):
    """A fourth environment, which is prod's file under another name, and development with a prefix beside it."""
    second = stacks("dev")
    second.leave_out(*LEFT_OUT)
    # A node stands in one zone, whosever pods it takes.
    second.change("[local-a, local-b, local-c]", "[eu-central-1a, eu-central-1b, eu-central-1c]")
    second.change("  ballast:tier: dev", f"  ballast:namespacePrefix: {PREFIX}\n  ballast:tier: dev")
    second.up()
    return prod, second


def test_both_are_up_and_neither_has_an_object_of_the_other(platforms):
    fourth, second = platforms
    first, other = fourth.state(), second.state()
    assert first.keys().isdisjoint(other.keys())
    assert min(len(first), len(other)) > 150
    assert all((space or name).startswith(PREFIX) for _, _, space, name in other)
    found = fourth.there(first | other)
    assert (first | other).items() <= found.items()
    for prefix in ("", PREFIX):
        for namespace in ("opensearch", "observability", "node-agents"):
            pods = fourth.objects("pods", prefix + namespace)
            assert pods
            for pod in pods:
                ready = any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"]["conditions"])
                assert ready or pod["status"]["phase"] == "Succeeded", pod["metadata"]["name"]


def test_the_guards_of_one_with_a_prefix_know_its_own_drain(platforms):
    fourth, second = platforms
    space, name = f"{PREFIX}opensearch", second.objects("statefulsets", f"{PREFIX}opensearch")[0]["metadata"]["name"]
    scale = ("scale", "statefulset", name, "-n", space, "--replicas=0", "--dry-run=server")
    drain = f"system:serviceaccount:{space}:{space}-drain"
    assert "would have 0 of 1 nodes" in fourth.cluster.kubectl(*scale, check=False).stderr
    fourth.cluster.kubectl(*scale, "--as", drain)


def test_another_prefix_is_refused_at_preview_and_before_anything_is_touched(platforms):
    second = platforms[1]
    before = second.there(second.state())
    second.change(f"namespacePrefix: {PREFIX}", "namespacePrefix: moved-")
    try:
        for command in (("preview",), ("up", "--yes", "--skip-preview")):
            result = second.pulumi(*command, "--non-interactive", check=False)
            assert result.returncode != 0
            assert f"ballast:namespacePrefix: changes from {PREFIX} to moved-:" in result.stdout + result.stderr
    finally:
        second.change("namespacePrefix: moved-", f"namespacePrefix: {PREFIX}")
    assert second.there(second.state()) == before


def test_one_goes_and_the_other_has_all_its_objects_and_nothing_to_change(platforms):
    fourth, second = platforms
    first = fourth.state()
    second.pulumi("destroy", "--yes", "--non-interactive", "--skip-preview")
    assert first.items() <= fourth.there(first).items()
    assert "unchanged" in fourth.preview("--expect-no-changes")
    refused = fourth.cluster.kubectl("delete", "namespace", "opensearch", "--dry-run=server", check=False)
    assert "opensearch holds data and stays" in refused.stderr
