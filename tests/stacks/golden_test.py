"""The golden manifests are what the program declares, and they show all of it."""

from __future__ import annotations

import copy

import pytest

from components.settings.secrets import SECRETS
from ops.golden.files import golden_path, left_over, written
from ops.golden.text import UPDATE, text
from ops.manifest.objects import entries
from tests.harness.declare import PROJECT, STACKS, real_stack
from tests.harness.effort import sampled

LINES = 5000
"""What a person can still look through."""


def declared(name):
    return entries(real_stack(name).resources, inputs=True)


@pytest.mark.parametrize("name", STACKS)
def test_the_golden_manifest_is_up_to_date(name):
    up_to_date = text(name, declared(name)) == written(PROJECT, name)
    assert up_to_date, f"{golden_path(name)} is not what the program declares: {UPDATE} brings it up to date"


def test_no_golden_manifest_is_left_over():
    assert left_over(PROJECT, STACKS) == []


@pytest.mark.parametrize("name", STACKS)
def test_a_golden_manifest_can_be_read(name):
    lines = written(PROJECT, name).splitlines()
    assert 1000 < len(lines) < LINES
    assert max(map(len, lines)) < 420


@pytest.mark.parametrize("name", STACKS)
def test_no_secret_and_no_content_of_a_configuration_stands_in_a_golden_manifest(name):
    golden = written(PROJECT, name)
    assert golden.count("[secret]") >= 5
    assert [key for key in SECRETS if f"value of {key}" in golden] == []
    assert "stringData: [secret]" in golden
    assert "scrape_configs" not in golden


def test_a_golden_manifest_shows_what_a_reviewer_asks_for():
    golden = written(PROJECT, "prod")
    for line in (
        "StatefulSet opensearch/opensearch-data-eu-central-1a  <- OpenSearchNodes opensearch-data-eu-central-1a",
        "  options: protect, ignores spec.volumeClaimTemplates",
        "  spec.replicas: 2",
        "  pod.containers[opensearch].image: acme/opensearch-s3:3.8.0",
        '  pod.containers[opensearch].resources: {limits: {memory: 8Gi}, requests: {cpu: "2", memory: 8Gi}}',
        "  pod.containers[opensearch].command: [bash, /etc/ballast/scripts/start.sh]",
        "  pod.containers[opensearch].env[BALLAST_ZONE]: eu-central-1a",
        "  pod.volumes[http-certificate]: {secret: {defaultMode: 288, secretName: opensearch-http}}",
        "  spec: {resources: {requests: {storage: 20Gi}}}",
        "  Egress of ballast/network-profile=chroma-backup to databases / app.kubernetes.io/component=chroma: TCP 8000",
        "NetworkPolicies network-policies  <- Platform platform",
    ):
        assert f"\n{line}\n" in golden, line


def leaves(value, path=()):
    """Yield the path of every value that holds no other."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path


def changed(entry, path):
    """Return an entry with another value at a path."""
    other = copy.deepcopy(entry)
    place = other
    for key in path[:-1]:
        place = place[key]
    old = place[path[-1]]
    place[path[-1]] = not old if isinstance(old, bool) else f"{old}x"
    return other


def one_of_each(entries_):
    """Return an entry for every kind; for those that run pods, the one that says most."""
    largest = {}
    for entry in entries_:
        kept = largest.get(entry["kind"])
        if kept is None or len(str(entry)) > len(str(kept)):
            largest[entry["kind"]] = entry
    return largest.values()


def test_no_declared_value_changes_unseen():
    """Whatever is changed in whatever kind of object, its text is another one."""
    tried = []
    for entry in one_of_each(declared("prod")):
        before = text("prod", [entry])
        parts = ["name", "parent", "protect", "retainOnDelete"]
        # A component is nothing in the cluster: its name, its parent and its options are all there is to it.
        parts += ["inputs", "urn", "dependencies", "provider", "hooks"] if entry["inputs"] else []
        paths = (path for part in parts for path in leaves(entry[part], (part,)))
        tried += [(entry, before, path) for path in paths if entry[path[0]] != []]
    assert len(tried) > 1000
    for entry, before, path in sampled(tried, one_in=7):
        assert text("prod", [changed(entry, path)]) != before, (entry["urn"], path)


def test_two_entries_of_a_list_that_change_places_are_seen():
    entry = next(entry for entry in declared("prod") if entry["name"] == "loki" and entry["kind"] == "StatefulSet")
    other = copy.deepcopy(entry)
    other["inputs"]["spec"]["template"]["spec"]["containers"][0]["env"].reverse()
    assert len(other["inputs"]["spec"]["template"]["spec"]["containers"][0]["env"]) > 1
    assert text("prod", [other]) != text("prod", [entry])
